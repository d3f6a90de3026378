import ArgumentParser
import ClerkSync

/// The options by which every command finds what the handler works with.
struct Settings: ParsableArguments {
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
