import ArgumentParser
import ClerkSync
import Foundation
import Queue
import Redis
import Settings
import Svix

/// The options that locate the handler's database and settings.
struct SettingsOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Path of the SQLite database. (default: CLERK_SYNC_DATABASE, or data/clerk-sync.db)", valueName: "file")
  )
  var database: String?

  @OptionGroup var source: SettingsSource

  /// Returns the handler's configuration. An option overrides the environment, which overrides the settings file.
  /// The variable `ignored` counts as not set.
  func configuration(ignoring ignored: String? = nil) throws -> Configuration {
    var configuration = try source.configuration(ignoring: ignored)
    if let database { configuration.database = database }
    return configuration
  }

  /// As ``configuration()``. Throws if the mapping has no table of users.
  func configurationWithUsers() throws -> Configuration {
    let configuration = try configuration()
    try configuration.requireTable(of: .user)
    return configuration
  }

  /// Returns the environment, completed by the settings file.
  func variables() throws -> [String: String] { try source.variables() }
}

/// The source of the settings: the environment, completed by a settings file.
struct SettingsSource: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Read settings from this file of NAME=value lines. Environment variables override it. "
        + "(default: /etc/clerk-sync/clerk-sync.env, if readable)",
      valueName: "file"))
  var envFile: String?

  private static let standardFile = "/etc/clerk-sync/clerk-sync.env"

  /// The settings file; nil if no file was given and the standard one is not readable.
  var file: String? {
    envFile ?? (FileManager.default.isReadableFile(atPath: Self.standardFile) ? Self.standardFile : nil)
  }

  /// Returns the environment, completed by the settings file.
  func variables() throws -> [String: String] {
    let environment = ProcessInfo.processInfo.environment
    guard let file else { return environment }
    return try EnvironmentFile.variables(in: file).merging(environment.filter { !$0.value.isEmpty }) { $1 }
  }

  /// Returns the handler's configuration. Throws a ``CommandFailure`` if a setting is invalid.
  /// The variable `ignored` counts as not set.
  func configuration(ignoring ignored: String? = nil) throws -> Configuration {
    do {
      let variables = try variables()
      return try Configuration(environment: { $0 == ignored ? nil : variables[$0] })
    } catch let error as ConfigurationError {
      throw CommandFailure(error)
    }
  }

  /// Returns the configured secrets, the one that signs first. Throws if there are none.
  func secrets() throws -> [Secret] {
    let secrets = try configuration().secrets
    guard !secrets.isEmpty else {
      throw CommandFailure(
        "no signing secret is configured: set CLERK_WEBHOOK_SIGNING_SECRET, or CLERK_WEBHOOK_SIGNING_SECRET_FILE, "
          + "to the endpoint's signing secret from the Clerk dashboard", status: .configuration)
    }
    return secrets
  }

  /// Returns the configured queue. Throws if there is none.
  func queue() throws -> DeliveryQueue { DeliveryQueue(try queueAddress()) }

  /// Returns the address of the configured queue. Throws if there is none.
  func queueAddress() throws -> RedisAddress {
    guard let address = try configuration().queue else {
      throw CommandFailure(
        "no queue is configured: set CLERK_SYNC_QUEUE, or CLERK_SYNC_QUEUE_FILE, to the URL of a Redis server",
        status: .configuration)
    }
    return address
  }
}

/// A file of `NAME=value` lines, in the syntax of EnvironmentFile= (systemd.exec(5)) and of a shell.
private enum EnvironmentFile {
  static func variables(in path: String) throws -> [String: String] {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw CommandFailure(
        "\(path) cannot be read: expected a file of NAME=value lines", status: .configuration)
    }
    var variables: [String: String] = [:]
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let line = line.trimmingCharacters(in: .whitespaces)
      if line.isEmpty || line.hasPrefix("#") || line.hasPrefix(";") { continue }
      guard let equals = line.firstIndex(of: "="), equals != line.startIndex else {
        throw CommandFailure("\(path), line \(number + 1): expected NAME=value", status: .configuration)
      }
      variables[String(line[..<equals])] = unquoted(line[line.index(after: equals)...])
    }
    return variables
  }

  private static func unquoted(_ value: Substring) -> String {
    guard value.count >= 2, let quote = value.first, "\"'".contains(quote), value.last == quote else {
      return String(value)
    }
    return String(value.dropFirst().dropLast())
  }
}

extension UserStore {
  /// Opens the configured database with a connection per operation.
  convenience init(_ configuration: Configuration) {
    self.init(database: configuration.database, options: configuration.storeOptions)
  }
}

extension Configuration {
  /// Throws unless the mapping has a table of these objects.
  func requireTable(of entity: Entity) throws {
    guard !mapping.tableNames.contains(where: { $0.entity == entity }) else { return }
    throw CommandFailure(
      "\(tables ?? "the built-in mapping") has no member \(entity.rawValue), so no \(entity.plural) are stored: add one"
        + (tables == nil ? " to a file that CLERK_SYNC_TABLES names" : "")
        + ", which clerk-sync tables suggest can print", status: .configuration)
  }
}
