import SQLite
import Synchronization

/// The users table of one database file, kept equal to Clerk.
///
/// Each call returns once its writes are on disk. Several threads can use the store, and several processes its file.
///
///     let store = UserStore(database: "data/app.db")
///     let outcome = try store.createUser(User(id: "user_1", email: "ada@example.org", role: "client"))
///     try store.deleteUser(id: "user_1")
public final class UserStore: Sendable {
  let database: Database
  package let options: Options
  var mapping: Mapping { options.mapping }
  private let writer: Writer
  private let clock: WallClock
  let countedObjects = Mutex<ObjectCounts?>(nil)

  /// Creates a store for the SQLite file at `database`. The first write creates a missing file.
  public init(database: String, options: Options = Options(), clock: WallClock = .system) {
    self.database = Database(
      path: database, mapping: options.mapping, recordsChanges: options.recordsChanges)
    self.options = options
    self.clock = clock
    let context = StoreOperation.Context(
      mapping: options.mapping, recordsChanges: options.recordsChanges, retention: options.retention,
      clock: clock)
    writer = Writer(self.database, context: context, options: options)
  }

  /// Applies a Clerk event, which is on disk when this returns.
  ///
  /// Events are applied exactly once and may arrive in any order. A message that has been processed before is a
  /// ``Outcome/duplicate``, an event older than the user's row is ``Outcome/stale``, and no event restores a deleted
  /// user.
  public func apply(_ event: Event) throws(StoreError) -> Outcome {
    try deliver(event).outcome
  }

  /// As ``apply(_:)-(Event)``, with what there is to log.
  package func deliver(_ event: Event) throws(StoreError) -> Receipt {
    try write(.event(event.change, time: event.version, delivery: event.delivery, source: event.source))
  }

  /// Applies the events in order in one transaction. Each event has a result of its own and can fail alone.
  ///
  /// Other writers wait meanwhile, so pass a few hundred events at a time. Throws, and writes nothing, when the
  /// database rather than an event is at fault.
  public func apply(_ events: [Event]) throws(StoreError) -> [Result<Outcome, StoreError>] {
    try deliver(events).map { result in result.map(\.outcome) }
  }

  /// As ``apply(_:)-([Event])``, with what there is to log.
  package func deliver(_ events: [Event]) throws(StoreError) -> [Result<Receipt, StoreError>] {
    try write(events.map { .event($0.change, time: $0.version, delivery: $0.delivery, source: $0.source) })
  }

  /// Writes the user as a `user.created` event of Clerk would.
  ///
  /// `updatedAt` is the user's `updated_at` at Clerk, in milliseconds since 1970. It orders this write among Clerk's
  /// events; the default is this machine's time. The outcome is ``Outcome/stale`` when a newer event has been applied.
  public func createUser(_ user: User, updatedAt: Int64? = nil) throws(StoreError) -> Outcome {
    try write(
      .event(change(.created, user), time: updatedAt ?? clock.now(), delivery: nil, source: .application)
    ).outcome
  }

  /// Writes the user as a `user.updated` event of Clerk would, and creates a missing row. `updatedAt` is as in
  /// ``createUser(_:updatedAt:)``.
  public func updateUser(_ user: User, updatedAt: Int64? = nil) throws(StoreError) -> Outcome {
    try write(
      .event(change(.updated, user), time: updatedAt ?? clock.now(), delivery: nil, source: .application)
    ).outcome
  }

  /// Writes Clerk's objects in one transaction, each as an event about its update would. Each object has a result of its
  /// own and can fail alone.
  ///
  /// Other writers wait meanwhile, so pass a few hundred objects at a time. Throws, and writes nothing, when the database
  /// rather than an object is at fault.
  public func update(
    _ objects: [BackendObject], source: ChangeSource = .backfill
  ) throws(StoreError) -> [Result<Outcome, StoreError>] {
    try write(
      objects.map {
        .event(
          Event.Change(operation: .updated, record: $0.record), time: $0.updatedAt, delivery: nil,
          source: source)
      }
    ).map { result in result.map(\.outcome) }
  }

  /// Deletes the user permanently, with the rows that the application's foreign keys delete.
  @discardableResult
  public func deleteUser(id: String) throws(StoreError) -> Outcome { try delete(.user, key: id) }

  /// Deletes the object permanently, with the rows of the objects that cannot exist without it and those that the
  /// application's foreign keys delete. `key` is as in ``BackendObject/key``.
  @discardableResult
  public func delete(
    _ entity: Entity, key: String, source: ChangeSource = .application
  ) throws(StoreError) -> Outcome {
    let change = mapping[entity].map { Event.Change(operation: .deleted, record: $0.deletedRecord(key)) }
    return try write(.event(change, time: clock.now(), delivery: nil, source: source)).outcome
  }

  private func change(_ operation: Event.Operation, _ user: User) -> Event.Change? {
    mapping[.user].map { Event.Change(operation: operation, record: $0.record(user)) }
  }

  /// Records in the ledger that an attempt at the delivery failed for `reason`.
  ///
  /// Errors are ignored, because the database itself may be the cause of the failure. Waits for no lock.
  public func recordFailure(of delivery: Delivery, reason: String) {
    _ = try? writer.write(.failure(of: delivery, reason: reason, released: nil), deadline: .now)
  }

  /// Records in the ledger that the delivery was refused for `reason`, because no retry can mend it.
  ///
  /// `time` is that of the refused event at Clerk, in milliseconds since 1970; nil when the event could not be read. A
  /// later event of the same object that is applied makes the refusal ``Outcome/stale``.
  ///
  /// Returns ``Outcome/refused``; ``Outcome/stale`` when a newer event has been applied, or the object has been deleted;
  /// ``Outcome/duplicate`` when the outcome of the delivery is final already.
  @discardableResult
  public func recordRefusal(of delivery: Delivery, reason: String, time: Int64?) throws(StoreError) -> Outcome
  {
    try write(.refusal(of: delivery, reason: reason, time: time)).outcome
  }

  /// Records that Clerk has users who no longer have the addresses in their rows, so that other users can get them.
  package func record(_ releases: [Release]) throws(StoreError) {
    for result in try write(releases.map { .failure(of: nil, reason: "", released: $0) }) {
      _ = try result.get()
    }
  }

  /// Creates the database and its tables if they are missing, upgrades tables of an older version, and checks them as
  /// ``check()`` does.
  public func prepare() throws(StoreError) {
    try database.prepareSchema(on: database.open())
    try check()
  }

  /// Throws unless the database exists, has a schema that this program can use or upgrade, and can be written. Writes
  /// nothing.
  public func check() throws(StoreError) {
    try database.requireWritable()
    let connection = try database.open()
    for table in mapping.all { try database.sql(table.check(on: connection)) }
    try database.requireUsableSchema(on: connection)
  }

  /// Throws unless the database exists and has a schema that this program can read. It does not require write access.
  package func checkReadable() throws(StoreError) {
    let connection = try database.openForReading()
    for table in mapping.all { try database.sql(table.check(on: connection)) }
  }

  private func write(_ operation: StoreOperation) throws(StoreError) -> Receipt {
    try writer.write(operation, deadline: .now + Database.busyTimeout)
  }

  private func write(_ operations: [StoreOperation]) throws(StoreError) -> [Result<Receipt, StoreError>] {
    let results = writer.write(operations, deadline: .now + Database.busyTimeout)
    // A schema mismatch is the fault of the database, but one inside a trigger is the fault of a single write.
    let hasMismatch =
      results.allSatisfy { !$0.isOfTheWriteItself } && (results.count > 1 || (try? check()) == nil)
    if hasMismatch || results.allSatisfy(\.isOfTheDatabase) { _ = try results.first?.get() }
    return results
  }
}

/// The result of applying an event.
public enum Outcome: String, Sendable {
  /// The users table now reflects the event.
  case applied
  /// The message has been processed before. Nothing was written.
  case duplicate
  /// The user's row is newer than the event, or the user has been deleted.
  case stale
  /// The event does not concern the users table.
  case ignored
  /// The event cannot be applied, and no retry can change that. Only ``UserStore/recordRefusal(of:reason:time:)``
  /// returns this.
  case refused
}
