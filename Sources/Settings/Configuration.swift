public import ClerkSync
public import Redis
public import Svix

/// Everything an operator can set, with its defaults.
public struct Configuration: Sendable {
  /// The endpoint's signing secrets; any one of them may have signed. Empty until one is configured.
  public var secrets: [Secret] = []
  /// The SQLite file, created with its folder on first use.
  public var database = "data/clerk-sync.db"
  /// The Redis server that takes the deliveries for the worker; nil to write them to the database at once.
  public var queue: RedisAddress?
  /// The longest request body, in bytes.
  public var maxBody = 1_048_576
  /// How requests share connections to the database.
  public var connection = ConnectionMode.perRequest
  /// Worker threads of a FastCGI process; nil for what suits the connection mode.
  public var threads: Int?
  /// The unit of `createdAt` and `updatedAt`.
  public var timestamps = TimestampUnit.milliseconds
  /// The roles a user may have.
  public var roles = Roles.standard
  /// How long the ledger and the tombstones of deleted users are kept, in days.
  public var retention = 90
  /// What opens the console's API; without it there is none.
  package var adminToken: AdminToken?
  /// After how many hours without a delivery the health is bad; nil for never.
  public var silenceHours: Int?
  /// The form of log lines.
  public var log = LogFormat.text

  public init() {}

  /// What the settings say of a store.
  public var storeOptions: UserStore.Options {
    var options = UserStore.Options()
    options.timestamps = timestamps
    options.retention = retention
    return options
  }
}

/// A setting that cannot be used. Names the variable and the form expected, never the value.
public enum ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The variable's value does not have the expected form.
  case malformed(variable: String, expected: String)
  /// The variable holds a text that is no signing secret.
  case secret(variable: String, SecretError)
  /// The file the variable names cannot be read.
  case unreadableFile(variable: String)

  public var description: String {
    switch self {
    case .malformed(let variable, let expected):
      "\(variable) cannot be used: expected \(expected)"
    case .secret(let variable, .empty):
      "\(variable) holds an empty signing secret: expected whsec_ and base64, as the Clerk dashboard shows it"
    case .secret(let variable, .notBase64):
      "\(variable) does not decode: expected whsec_ and base64, as the Clerk dashboard shows it"
    case .unreadableFile(let variable):
      "\(variable) names a file that cannot be read as text: check its path and its permissions"
    }
  }
}
