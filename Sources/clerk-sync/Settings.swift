import ArgumentParser
import ClerkSync
import Foundation
import Gateway

/// The options by which every command finds what the handler works with.
struct Settings: ParsableArguments {
  @Option(help: "The SQLite file. (default: CLERK_SYNC_DATABASE, else data/clerk-sync.db)")
  var database: String?

  @Option(
    help: ArgumentHelp(
      "A file with settings as systemd and a shell read them; variables of the environment come before it.",
      valueName: "file"))
  var envFile: String?

  private static let standardFile = "/etc/clerk-sync/clerk-sync.env"

  /// The handler's configuration, as these options, the environment and the file give it.
  func configuration() throws -> Configuration {
    do {
      var configuration = try Configuration(environment: Parameters(variables().map { ($0.key, $0.value) }))
      if let database { configuration.database = database }
      return configuration
    } catch let error as ConfigurationError {
      throw CommandFailure(error)
    }
  }

  /// The environment, and beneath it the settings of the file.
  func variables() throws -> [String: String] {
    let environment = ProcessInfo.processInfo.environment
    guard let path = envFile ?? Self.readableStandardFile else { return environment }
    return try EnvironmentFile.variables(in: path).merging(environment.filter { !$0.value.isEmpty }) { $1 }
  }

  private static var readableStandardFile: String? {
    FileManager.default.isReadableFile(atPath: standardFile) ? standardFile : nil
  }
}
