import ClerkSync
import FoundationEssentials
public import Svix

extension Configuration {
  /// The names of all variables that clerk-sync reads.
  public static let variables =
    [
      "CLERK_WEBHOOK_SIGNING_SECRET", "CLERK_WEBHOOK_SECRET", "CLERK_SYNC_ADMIN_TOKEN", "CLERK_SYNC_QUEUE",
      "CLERK_SYNC_CHANGES_SECRET",
    ]
    .flatMap { [$0, "\($0)_FILE"] }
    + [
      "PATH", "TOLERANCE", "INSTANCE", "DATABASE", "TABLES", "MAX_BODY", "CONNECTION", "THREADS",
      "TIMESTAMPS", "ROLES", "RETENTION_DAYS",
      "HEAL_ON_SESSION", "CHANGES", "SILENCE_HOURS", "LOG",
    ]
    .map { "CLERK_SYNC_\($0)" }

  /// Reads the variables of a process's environment. `value` returns the value of a variable by name.
  public init(environment value: @escaping (String) -> String?) throws(ConfigurationError) {
    self = try Configuration().overridden(by: value)
  }

  /// Returns this configuration with every variable that `value` returns in place of the current setting. An
  /// empty variable counts as unset.
  public func overridden(by value: @escaping (String) -> String?) throws(ConfigurationError) -> Configuration
  {
    let variables = Variables(value: value)
    var result = self
    result.secrets = try Self.secrets(in: variables) ?? secrets
    if let paths = variables.setting("CLERK_SYNC_PATH") {
      result.webhookPaths = try WebhookPaths.parse(paths)
    }
    result.tolerance =
      try variables.number("CLERK_SYNC_TOLERANCE", in: 1...86_400).map(Int64.init) ?? tolerance
    result.instance = try Self.instance(in: variables) ?? instance
    result.database = try variables.path("CLERK_SYNC_DATABASE") ?? database
    result.queue = try Self.queue(in: variables) ?? queue
    result.maxBody = try maxBody(overriddenBy: value)
    result.threads = try variables.number("CLERK_SYNC_THREADS", in: 1...256) ?? threads
    result.connection = try variables.choice("CLERK_SYNC_CONNECTION") ?? connection
    result.timestamps = try variables.choice("CLERK_SYNC_TIMESTAMPS") ?? timestamps
    result.retention = try variables.number("CLERK_SYNC_RETENTION_DAYS", in: 1...36_500) ?? retention
    result.adminToken = try Self.adminToken(in: variables) ?? adminToken
    result.silenceHours = try variables.number("CLERK_SYNC_SILENCE_HOURS", in: 1...8760) ?? silenceHours
    result.log = try variables.choice("CLERK_SYNC_LOG") ?? log
    if let names = variables.setting("CLERK_SYNC_ROLES") {
      guard let roles = Roles(names) else {
        throw .malformed(
          variable: "CLERK_SYNC_ROLES", expected: "role names separated by commas, the least privileged last")
      }
      result.roles = roles
    }
    result.tables = try variables.path("CLERK_SYNC_TABLES") ?? tables
    let heals: Switch? = try variables.choice("CLERK_SYNC_HEAL_ON_SESSION")
    result.healsOnSession = heals.map { $0 == .on } ?? healsOnSession
    let changes: Switch? = try variables.choice("CLERK_SYNC_CHANGES")
    result.recordsChanges = changes.map { $0 == .on } ?? recordsChanges
    result.mapping = try MappingCache.mapping(for: result)
    return result
  }

  /// Returns the body limit in bytes, after applying only that variable.
  public func maxBody(overriddenBy value: @escaping (String) -> String?) throws(ConfigurationError) -> Int {
    try Variables(value: value).number("CLERK_SYNC_MAX_BODY", in: 1...1_073_741_824) ?? maxBody
  }

  /// Returns the secrets of the first variable that is set. Clerk's own name takes precedence over the older
  /// one.
  private static func secrets(in variables: Variables) throws(ConfigurationError) -> [Secret]? {
    for name in ["CLERK_WEBHOOK_SIGNING_SECRET", "CLERK_WEBHOOK_SECRET"] {
      if let secrets = try secrets(name, in: variables) { return secrets }
    }
    return nil
  }

  /// Returns the secret that signs changes, which only `clerk-sync changes` reads; nil if there is none.
  public static func changesSecret(
    environment value: @escaping (String) -> String?
  ) throws(ConfigurationError) -> Secret? {
    try secrets("CLERK_SYNC_CHANGES_SECRET", in: Variables(value: value))?.first
  }

  private static func secrets(
    _ name: String, in variables: Variables
  ) throws(ConfigurationError) -> [Secret]? {
    guard let (variable, text) = try variables.confidential(name) else { return nil }
    do {
      return try Secret.list(text)
    } catch {
      throw .secret(variable: variable, error)
    }
  }

  private static func instance(in variables: Variables) throws(ConfigurationError) -> String? {
    let name = "CLERK_SYNC_INSTANCE"
    guard let id = variables.setting(name) else { return nil }
    let digits = id.dropFirst(4)
    guard id.hasPrefix("ins_"), !digits.isEmpty,
      digits.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) })
    else {
      throw .malformed(
        variable: name,
        expected:
          "the id of one Clerk instance, ins_ and letters and digits, as the instance_id of its events")
    }
    return id
  }

  private static func adminToken(in variables: Variables) throws(ConfigurationError) -> AdminToken? {
    guard let (variable, text) = try variables.confidential("CLERK_SYNC_ADMIN_TOKEN") else { return nil }
    // Editors end a file with a line break. A file of white space alone is an optional credential that was
    // not provided.
    let words = text.split(whereSeparator: \.isWhitespace)
    if words.isEmpty, variable.hasSuffix("_FILE") { return nil }
    guard words.count == 1, let token = AdminToken(String(words[0])) else {
      let (shortest, longest) = (AdminToken.lengths.lowerBound, AdminToken.lengths.upperBound)
      throw .malformed(
        variable: variable,
        expected:
          "\(shortest) to \(longest) printable ASCII characters without spaces, as openssl rand -hex 24 makes them"
      )
    }
    return token
  }
}

/// The values of a setting that is on or off.
private enum Switch: String, CaseIterable {
  case on, off
}

/// Typed access to the variables.
struct Variables {
  /// Returns the value of the variable with this name, or nil.
  let value: (String) -> String?

  func setting(_ name: String) -> String? {
    value(name).flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Returns the text of the variable, or of the file named by the variable with the suffix `_FILE`, and the
  /// name of the variable used.
  func confidential(
    _ name: String
  ) throws(ConfigurationError) -> (variable: String, text: String)? {
    if let text = setting(name) { return (name, text) }
    let variable = "\(name)_FILE"
    guard let path = setting(variable) else { return nil }
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw .unreadableFile(variable: variable)
    }
    return (variable, text)
  }

  /// Returns a file path. Rejects URIs and names of in-memory databases, which SQLite would accept and which
  /// would lose all data.
  fileprivate func path(_ name: String) throws(ConfigurationError) -> String? {
    let path = setting(name)
    guard path?.hasPrefix(":") != true, path?.lowercased().hasPrefix("file:") != true else {
      throw .malformed(variable: name, expected: "the path of a file")
    }
    return path
  }

  fileprivate func number(_ name: String, in range: ClosedRange<Int>) throws(ConfigurationError) -> Int? {
    guard let text = setting(name) else { return nil }
    guard text.utf8.areDecimalDigits,
      let number = Int(text), range.contains(number)
    else {
      let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
      throw .malformed(variable: name, expected: expected)
    }
    return number
  }

  fileprivate func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ name: String
  ) throws(ConfigurationError) -> Choice? {
    guard let text = setting(name) else { return nil }
    guard let choice = Choice(rawValue: text) else {
      let expected = Choice.allCases.map(\.rawValue).joined(separator: " or ")
      throw .malformed(variable: name, expected: expected)
    }
    return choice
  }
}
