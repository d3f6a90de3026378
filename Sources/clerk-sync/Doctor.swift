import ArgumentParser
import ClerkSync
import Foundation

/// `clerk-sync doctor`
struct Doctor: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check what breaks in practice, and say how to mend it.",
    discussion: "Changes nothing. Exit status 0 when all is well, 1 with warnings, 2 with errors.")

  @Option(help: "The endpoint, to see whether and how it answers.", transform: URL.web)
  var url: URL?

  @Option(
    help: ArgumentHelp(
      "Whom the handler runs as. (default: the owner of the database; www-data where that is root)",
      valueName: "name"),
    transform: Doctor.account)
  var user: Account?

  @Flag(help: "One JSON object a line.")
  var json = false

  @OptionGroup var settings: Settings

  func run() async throws {
    var findings = try SettingsChecks(settings: settings).findings()
    if let database = try? settings.configuration().database {
      findings += DatabaseChecks(path: database).findings()
      if let user = user ?? .ofWebServer(database: database) {
        findings += FileChecks(database: database, user: user).findings()
      }
    }
    if let url { findings += await EndpointChecks(url: url).findings() }

    let width = findings.map(\.check.count).max() ?? 0
    for finding in findings {
      if json { try JSONLine.print(finding) } else { print(finding.text(width: width)) }
    }
    let levels = Set(findings.map(\.level))
    if levels.contains(.error) { throw ExitCode(ExitStatus.failed.rawValue) }
    if levels.contains(.warning) { throw ExitCode(ExitStatus.attention.rawValue) }
  }

  @Sendable private static func account(_ name: String) throws -> Account {
    guard let account = Account(name) else {
      throw ValidationError("expected the name of a user of this machine")
    }
    return account
  }
}
