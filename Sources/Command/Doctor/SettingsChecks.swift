import ClerkSync
import Foundation
import Settings

/// Checks that the settings are valid.
struct SettingsChecks {
  private static let names = Configuration.variables

  let settings: SettingsOptions

  func findings() throws -> [Finding] {
    let variables = try settings.variables()
    return configuration() + unknownNames(variables) + secretFiles(variables)
  }

  private func configuration() -> [Finding] {
    do {
      let configuration = try settings.configuration()
      let origin = settings.source.file.map { "the environment and \($0)" } ?? "the environment"
      return [.ok("settings", "valid, from \(origin)"), secrets(configuration.secrets.count)]
        + tolerance(configuration) + mapping(configuration)
    } catch {
      return [
        .error(
          "settings", "\(error)",
          remedy: "correct the setting, or the file that it names; see clerk-sync.env.example")
      ]
    }
  }

  private func tolerance(_ configuration: Configuration) -> [Finding] {
    guard let warning = configuration.toleranceWarning else { return [] }
    return [.warning("tolerance", warning.what, remedy: warning.remedy)]
  }

  private func mapping(_ configuration: Configuration) -> [Finding] {
    guard let path = configuration.tables else { return [] }
    let names = configuration.mapping.tableNames.map { "\($0.entity.rawValue) to \($0.table)" }
    return [.ok("mapping", "\(path) maps \(names.isEmpty ? "nothing" : names.joined(separator: ", "))")]
  }

  private func secrets(_ count: Int) -> Finding {
    switch count {
    case 0:
      .error(
        "secret", "no signing secret is configured: every delivery is rejected",
        remedy:
          "set CLERK_WEBHOOK_SIGNING_SECRET, or CLERK_WEBHOOK_SIGNING_SECRET_FILE, to the endpoint's secret from "
          + "the Clerk dashboard")
    case 1: .ok("secret", "1 valid secret")
    default: .ok("secret", "\(count) valid secrets")
    }
  }

  private func unknownNames(_ variables: [String: String]) -> [Finding] {
    variables.keys.sorted().filter { $0.hasPrefix("CLERK_") && !Self.names.contains($0) }.compactMap { name in
      let similar = Self.names.min { $0.edits(to: name) < $1.edits(to: name) } ?? ""
      let isSimilar = similar.edits(to: name) <= 2
      // Other variables named CLERK_ may belong to Clerk's own libraries.
      guard isSimilar || name.hasPrefix("CLERK_SYNC_") || name.hasPrefix("CLERK_WEBHOOK_") else { return nil }
      return .warning(
        "settings", "\(name) is not a setting and has no effect",
        remedy: isSimilar ? "did you mean \(similar)?" : "see clerk-sync.env.example for the settings")
    }
  }

  /// Checks the permissions of files that contain secrets.
  private func secretFiles(_ variables: [String: String]) -> [Finding] {
    let named = Self.names.filter { $0.hasSuffix("_FILE") }.compactMap { variables[$0] }
    return (named + [settings.source.file].compactMap(\.self)).compactMap { path in
      guard let status = FileStatus(path) else { return nil }
      guard status.isReadableByOthers else {
        return .ok("secret file", "\(path) has mode \(status.permissions)")
      }
      return .warning(
        "secret file", "\(path) can be read by every user (mode \(status.permissions))",
        remedy: "chmod o= \(path)")
    }
  }
}

extension String {
  /// Returns the Levenshtein distance: the number of bytes to insert, delete or replace to obtain `other`.
  fileprivate func edits(to other: String) -> Int {
    let other = Array(other.utf8)
    var row = Array(0...other.count)
    for byte in utf8 {
      var diagonal = row[0]
      row[0] += 1
      for (column, candidate) in other.enumerated() {
        let replaced = diagonal + (byte == candidate ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = Swift.min(replaced, diagonal + 1, row[column] + 1)
      }
    }
    return row[other.count]
  }
}
