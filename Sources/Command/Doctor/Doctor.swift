import ArgumentParser
import Foundation
import Settings

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

  @OptionGroup var settings: SettingsOptions

  func run() async throws {
    var findings = try SettingsChecks(settings: settings).findings()
    let configuration = try? settings.configuration()
    if let queue = configuration?.queue { findings += QueueChecks(address: queue).findings() }
    if let configuration, configuration.queue != nil, FileStatus(configuration.database) == nil {
      findings.append(
        .ok("database", "\(configuration.database) is not here: the worker makes it where it runs"))
    } else if let database = configuration?.database {
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
