import Foundation
import Settings

/// Whether the settings are what the handler expects.
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
      return [.ok("settings", "usable, from \(origin)"), secrets(configuration.secrets.count)]
    } catch {
      return [
        .error("settings", "\(error)", remedy: "correct it; clerk-sync.env.example explains each setting")
      ]
    }
  }

  private func secrets(_ count: Int) -> Finding {
    switch count {
    case 0:
      .error(
        "secret", "no signing secret is configured: every delivery is refused",
        remedy:
          "set CLERK_WEBHOOK_SIGNING_SECRET, or CLERK_WEBHOOK_SIGNING_SECRET_FILE, to the endpoint's secret from "
          + "the Clerk dashboard")
    case 1: .ok("secret", "one, and it decodes")
    default: .ok("secret", "\(count), and they decode")
    }
  }

  private func unknownNames(_ variables: [String: String]) -> [Finding] {
    variables.keys.sorted().filter { $0.hasPrefix("CLERK_") && !Self.names.contains($0) }.compactMap { name in
      let similar = Self.names.min { $0.edits(to: name) < $1.edits(to: name) } ?? ""
      let isSimilar = similar.edits(to: name) <= 2
      // Clerk's own libraries read variables of other names.
      guard isSimilar || name.hasPrefix("CLERK_SYNC_") || name.hasPrefix("CLERK_WEBHOOK_") else { return nil }
      return .warning(
        "settings", "\(name) is no setting of the handler's, and has no effect",
        remedy: isSimilar ? "it is spelt \(similar)" : "see clerk-sync.env.example for those there are")
    }
  }

  /// Files that hold a secret.
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
  /// How many bytes have to be put in, taken out or replaced to make the other text of this one (Levenshtein).
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
