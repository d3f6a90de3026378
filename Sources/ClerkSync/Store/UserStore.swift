import SQLite
import Synchronization

/// The users table of one database file, kept equal to Clerk.
///
/// A call returns once what it wrote is on disk. The store may be used from several threads, and its file by several
/// processes.
///
///     let store = UserStore(database: "data/app.db")
///     let outcome = try store.createUser(User(id: "user_1", email: "ada@example.org", role: "client"))
///     try store.deleteUser(id: "user_1")
public final class UserStore: Sendable {
  let database: Database
  package let options: Options
  private let writer: any Writer
  /// Commits in groups whatever the mode; it has no connection before its first group.
  private let groupWriter: SharedWriter
  private let clock: WallClock
  let countedUsers = Mutex<UserCount?>(nil)

  /// A store in the SQLite file at `database`, which is created on first use.
  public init(database: String, options: Options = Options(), clock: WallClock = .system) {
    self.database = Database(path: database)
    self.options = options
    self.clock = clock
    let context = StoreOperation.Context(
      timestamps: options.timestamps, retention: options.retention, clock: clock)
    groupWriter = SharedWriter(self.database, context: context)
    writer =
      switch options.connection {
      case .perRequest:
        SeparateWriter(self.database, context: context, keepsConnection: options.keepsConnection)
      case .shared: groupWriter
      }
  }

  /// Applies a Clerk event; it is on disk when this returns.
  ///
  /// Exactly once, in any order: a message that has been dealt with is a duplicate, an event older than the
  /// user's row is stale, and nothing brings a deleted user back.
  public func apply(_ event: Event) throws(StoreError) -> Outcome {
    try write(.event(event.change, time: event.version, delivery: event.delivery))
  }

  /// Applies the events in their order in one transaction, each as it would be alone and with a result of its
  /// own: one that cannot be applied leaves the others as they are.
  ///
  /// Others wait for as long as it takes, so a few hundred at a time are enough. Throws, and has written none, for
  /// what is wrong with the database rather than with an event.
  public func apply(_ events: [Event]) throws(StoreError) -> [Result<Outcome, StoreError>] {
    try write(events.map { .event($0.change, time: $0.version, delivery: $0.delivery) })
  }

  /// Writes the user under the caller's id, as a `user.created` of Clerk's would.
  ///
  /// `updatedAt` is the user's `updated_at` at Clerk, in milliseconds since 1970, by which this is ordered among
  /// Clerk's own events; without it, this machine's time. The outcome is ``Outcome/stale`` when those were newer.
  public func createUser(_ user: User, updatedAt: Int64? = nil) throws(StoreError) -> Outcome {
    try write(.event(.created(user), time: updatedAt ?? clock.now(), delivery: nil))
  }

  /// Writes the user, as a `user.updated` of Clerk's would: one who is missing is created. Ordered as ``createUser(_:updatedAt:)``.
  public func updateUser(_ user: User, updatedAt: Int64? = nil) throws(StoreError) -> Outcome {
    try write(.event(.updated(user), time: updatedAt ?? clock.now(), delivery: nil))
  }

  /// Writes the users in one transaction, each as ``updateUser(_:updatedAt:)`` would and with a result of its own: one
  /// that cannot be written leaves the others as they are.
  ///
  /// Others wait for as long as it takes, so a few hundred at a time are enough. Throws, and has written none, for
  /// what is wrong with the database rather than with a user.
  public func updateUsers(_ users: [BackendUser]) throws(StoreError) -> [Result<Outcome, StoreError>] {
    try write(users.map { .event(.updated($0.user), time: $0.updatedAt, delivery: nil) })
  }

  /// Deletes the user for good, and what the application's schema says goes along.
  @discardableResult
  public func deleteUser(id: String) throws(StoreError) -> Outcome {
    try write(.event(.deleted(id: id), time: clock.now(), delivery: nil))
  }

  /// Enters into the ledger that an attempt at the delivery failed, for `reason`.
  ///
  /// The best that can be done: the failure may be the database's own, so that it cannot be told there.
  public func recordFailure(of delivery: Delivery, reason: String) {
    _ = try? writer.write(.failure(of: delivery, reason: reason), timeout: nil)
  }

  /// Creates the database and its tables where they are missing, and checks them as ``check()`` does.
  public func prepare() throws(StoreError) {
    try database.prepareSchema(on: database.open())
    try check()
  }

  /// Throws unless the database is there, its schema fits, and it can be written. Writes nothing.
  public func check() throws(StoreError) {
    try database.requireWritable()
    let connection = try database.open()
    try database.sql { () throws(SQLiteError) in try UserTable.check(on: connection) }
    try database.requireSchema(on: connection)
  }

  private func write(_ operation: StoreOperation) throws(StoreError) -> Outcome {
    try writer.write(operation, timeout: Database.busyTimeout)
  }

  private func write(_ operations: [StoreOperation]) throws(StoreError) -> [Result<Outcome, StoreError>] {
    let results = groupWriter.write(operations, timeout: Database.busyTimeout)
    // What the statements do not fit is the database's fault; what a trigger stumbles over is that of one write.
    let isUnfit =
      results.allSatisfy { !$0.isOfTheWriteItself } && (results.count > 1 || (try? check()) == nil)
    if isUnfit || results.allSatisfy(\.isOfTheDatabase) { _ = try results.first?.get() }
    return results
  }
}
