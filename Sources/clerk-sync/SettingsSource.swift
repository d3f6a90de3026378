import ArgumentParser
import ClerkSync
import Foundation
import Gateway
import Svix

/// Where the settings come from: the environment, and beneath it a file.
struct SettingsSource: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A file with settings as systemd and a shell read them; variables of the environment come before it.",
      valueName: "file"))
  var envFile: String?

  private static let standardFile = "/etc/clerk-sync/clerk-sync.env"

  /// The file that is read; nil where none is named and the usual one is not there.
  var file: String? {
    envFile ?? (FileManager.default.isReadableFile(atPath: Self.standardFile) ? Self.standardFile : nil)
  }

  /// The environment, and beneath it the settings of the file.
  func variables() throws -> [String: String] {
    let environment = ProcessInfo.processInfo.environment
    guard let file else { return environment }
    return try EnvironmentFile.variables(in: file).merging(environment.filter { !$0.value.isEmpty }) { $1 }
  }

  /// The handler's configuration, as the settings give it.
  func configuration() throws -> Configuration {
    do {
      return try Configuration(environment: Parameters(variables().map { ($0.key, $0.value) }))
    } catch let error as ConfigurationError {
      throw CommandFailure(error)
    }
  }

  /// The secrets that are configured, the one to sign with first.
  func secrets() throws -> [Secret] {
    let secrets = try configuration().secrets
    guard !secrets.isEmpty else {
      throw CommandFailure(
        "no signing secret is configured: set CLERK_WEBHOOK_SIGNING_SECRET, or CLERK_WEBHOOK_SIGNING_SECRET_FILE, "
          + "to the endpoint's signing secret from the Clerk dashboard", status: .configuration)
    }
    return secrets
  }
}
