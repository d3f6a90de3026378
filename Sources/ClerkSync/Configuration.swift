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
  var adminToken: AdminToken?
  /// After how many hours without a delivery the health is bad; nil for never.
  public var silenceHours: Int?
  /// The form of log lines.
  public var log = LogFormat.text

  public init() {}
}
