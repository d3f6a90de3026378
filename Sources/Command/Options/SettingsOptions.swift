import ArgumentParser
import ClerkSync
import Foundation
import Queue
import Redis
import Settings
import Svix

/// The options by which every command finds what the handler works with.
struct SettingsOptions: ParsableArguments {
  @Option(help: "The SQLite file. (default: CLERK_SYNC_DATABASE, else data/clerk-sync.db)")
  var database: String?

  @OptionGroup var source: SettingsSource

  /// The handler's configuration, as these options, the environment and the file give it.
  func configuration() throws -> Configuration {
    var configuration = try source.configuration()
    if let database { configuration.database = database }
    return configuration
  }

  /// The environment, and beneath it the settings of the file.
  func variables() throws -> [String: String] { try source.variables() }
}

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
      let variables = try variables()
      return try Configuration(environment: { variables[$0] })
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

  /// The queue that is configured.
  func queue() throws -> DeliveryQueue { DeliveryQueue(try queueAddress()) }

  /// Where it is.
  func queueAddress() throws -> RedisAddress {
    guard let address = try configuration().queue else {
      throw CommandFailure(
        "no queue is configured: set CLERK_SYNC_QUEUE, or CLERK_SYNC_QUEUE_FILE, to the URL of a Redis server",
        status: .configuration)
    }
    return address
  }
}

extension UserStore {
  /// The store that the configuration describes, for a process that writes little at a time.
  convenience init(_ configuration: Configuration) {
    self.init(database: configuration.database, options: configuration.storeOptions)
  }
}
