public import ClerkSync
public import Redis
public import Svix

/// All settings with their defaults.
public struct Configuration: Sendable {
  /// The endpoint's signing secrets; a message signed with any of them is accepted. Empty until one is
  /// configured.
  public var secrets: [Secret] = []
  /// The paths of the webhook beside `/api/webhooks`, none with a trailing slash. A request's path ends in one.
  public var webhookPaths: [String] = []
  /// The largest accepted difference between a delivery's timestamp and the clock, in seconds, past or future,
  /// inclusive.
  public var tolerance = Verifier.standardTolerance
  /// The Clerk instance whose events are accepted, `ins_…`; nil for those of every instance.
  public var instance: String?
  /// The path of the SQLite file. It and its folder are created on first use.
  public var database = "data/clerk-sync.db"
  /// The Redis server that queues deliveries for the worker; nil to write them directly to the database.
  public var queue: RedisAddress?
  /// The longest request body, in bytes.
  public var maxBody = 1_048_576
  /// The way in which requests share connections to the database.
  public var connection = ConnectionMode.perRequest
  /// The number of worker threads of a FastCGI process; nil for the default of the connection mode.
  public var threads: Int?
  /// The unit of `createdAt` and `updatedAt` in the built-in table.
  public var timestamps = TimestampUnit.milliseconds
  /// The roles a user of the built-in table may have.
  public var roles = Roles.standard
  /// The path of the mapping file; nil for the built-in table.
  public var tables: String?
  /// Whether `session.created` updates the user whom it contains.
  public var healsOnSession = false
  /// Whether each change of a row is recorded in the change feed.
  public var recordsChanges = false
  /// The application's tables.
  public var mapping = Mapping.builtIn
  /// The retention of the ledger and of the tombstones of deleted users, in days.
  public var retention = 90
  /// The token for the console's API; without one there is no such API.
  package var adminToken: AdminToken?
  /// The number of hours without a delivery after which health is reported as bad; nil for never.
  public var silenceHours: Int?
  /// The form of log lines.
  public var log = LogFormat.text

  public init() {}

  /// What is wrong with a tolerance of more than 15 minutes, and the remedy; nil if it is shorter.
  public var toleranceWarning: (what: String, remedy: String)? {
    guard tolerance > 900 else { return nil }
    return (
      "CLERK_SYNC_TOLERANCE is \(tolerance): a delivery that somebody has recorded can be sent again for that many "
        + "seconds",
      "synchronize the clock with NTP, and leave the setting empty"
    )
  }

  /// The store options that result from the settings.
  public var storeOptions: UserStore.Options {
    var options = UserStore.Options()
    options.mapping = mapping
    options.retention = retention
    options.recordsChanges = recordsChanges
    return options
  }
}

/// A setting that cannot be used. Names the variable and the expected form, never the value.
public enum ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The variable's value does not have the expected form.
  case malformed(variable: String, expected: String)
  /// The variable's value is not a signing secret.
  case secret(variable: String, SecretError)
  /// The file named by the variable cannot be read.
  case unreadableFile(variable: String)
  /// The file named by CLERK_SYNC_TABLES is not a mapping.
  case mapping(path: String, MappingError)

  public var description: String {
    switch self {
    case .malformed(let variable, let expected):
      "\(variable) cannot be used: expected \(expected)"
    case .secret(let variable, .empty):
      "\(variable) holds an empty signing secret: expected whsec_ and base64, as the Clerk dashboard shows it"
    case .secret(let variable, .quoted):
      "\(variable) has quotation marks around or in the secret, which are taken as part of it: remove them"
    case .secret(let variable, .notBase64):
      "\(variable) does not decode: expected whsec_ and base64, as the Clerk dashboard shows it"
    case .mapping(let path, let error):
      "\(path): \(error)"
    case .unreadableFile(let variable):
      "\(variable) names a file that cannot be read as text: check its path and its permissions"
    }
  }
}
