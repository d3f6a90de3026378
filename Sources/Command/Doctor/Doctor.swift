import ArgumentParser
import Foundation
import Settings

/// `clerk-sync doctor`
struct Doctor: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check for common problems and suggest remedies.",
    discussion: """
      Checks the settings, secrets, file permissions, disk space, database and, if configured, the queue. With --url it \
      also checks the endpoint and the clock. Changes nothing.

      The exit status is 0 if all checks pass, 1 if there are warnings, and 2 if there are errors.
      """)

  @Option(
    help: "Also check the endpoint at this URL, such as https://app.example.org/api/webhooks.",
    transform: URL.web)
  var url: URL?

  @Option(
    help: ArgumentHelp(
      "Check file permissions for this user, under which the handler runs. "
        + "(default: the owner of the database, or www-data if that is root)",
      valueName: "name"),
    transform: Doctor.account)
  var user: Account?

  @Flag(help: "Print one JSON object per line.")
  var json = false

  @OptionGroup var settings: SettingsOptions

  func run() async throws {
    var findings = try SettingsChecks(settings: settings).findings()
    let configuration = try? settings.configuration()
    if let queue = configuration?.queue { findings += QueueChecks(address: queue).findings() }
    if let configuration, configuration.queue != nil, FileStatus(configuration.database) == nil {
      findings.append(
        .ok("database", "\(configuration.database) does not exist here; the worker creates it where it runs"))
    } else if let configuration {
      let database = configuration.database
      findings += DatabaseChecks(configuration: configuration).findings()
      if let user = user ?? .ofWebServer(database: database) {
        findings += FileChecks(database: database, user: user).findings()
      }
    }
    if let url {
      findings += await EndpointChecks(url: url, configuration: configuration ?? Configuration()).findings()
    }

    let width = findings.map(\.check.count).max() ?? 0
    for finding in findings {
      if json { try JSONLine.print(finding) } else { print(finding.text(width: width)) }
    }
    let levels = Set(findings.map(\.level))
    if levels.contains(.error) { throw ExitCode(.failed) }
    if levels.contains(.warning) { throw ExitCode(.attention) }
  }

  @Sendable private static func account(_ name: String) throws -> Account {
    guard let account = Account(name) else {
      throw ValidationError("expected the name of a user on this machine")
    }
    return account
  }
}
