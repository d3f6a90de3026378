import Dispatch
import Synchronization

/// Commits the writes of this process in groups.
///
/// A thread that finds no commit in progress becomes the leader. It commits all pending writes, each in its own
/// savepoint, and then passes the lead to a thread that arrived meanwhile. A thread returns only after the commit that
/// contains its write. No thread sleeps in SQLite's busy handler for another thread.
final class Writer: Sendable {
  private struct Queue {
    var pending: [PendingOperation] = []
    var hasLeader = false
  }

  private let queue = Mutex(Queue())
  private let committer: Mutex<GroupCommitter>

  init(_ database: Database, context: StoreOperation.Context, options: UserStore.Options) {
    committer = Mutex(GroupCommitter(database, context: context, options: options))
  }

  /// Returns once the write is on disk. Waits for another program's lock until `deadline`.
  func write(
    _ operation: StoreOperation, deadline: ContinuousClock.Instant
  ) throws(StoreError) -> Receipt {
    let pending = PendingOperation(operation, deadline: deadline)
    let leads = queue.withLock { queue in
      queue.pending.append(pending)
      defer { queue.hasLeader = true }
      return !queue.hasLeader
    }
    if leads { lead() }
    while true {
      if let result = pending.wait() { return try result.get() }
      lead()
    }
  }

  /// Commits these writes as one group and returns the results in their order.
  func write(
    _ operations: [StoreOperation], deadline: ContinuousClock.Instant
  ) -> [Result<Receipt, StoreError>] {
    committer.withLock { $0.commit(operations, deadline: deadline) }
  }

  /// How long a group waits for another program's lock before it lets in the writes that have arrived meanwhile.
  private static let patience = Duration.milliseconds(100)

  /// Commits all pending writes, the leader's own among them, and passes the lead on.
  ///
  /// While another program holds the lock, only the writes whose deadlines have passed fail. No answer is late because
  /// of the time that another write still has.
  private func lead() {
    let group = queue.withLock { queue in
      defer { queue.pending = [] }
      return queue.pending
    }
    let deadline = (group.map(\.deadline) + [.now + Self.patience]).min() ?? .now
    let results = committer.withLock { $0.commit(group.map(\.operation), deadline: deadline) }
    let now = ContinuousClock.now
    var waiting: [PendingOperation] = []
    for (pending, result) in zip(group, results) {
      if result.isBusy, pending.deadline > now {
        waiting.append(pending)
      } else {
        pending.finish(result)
      }
    }
    let next = queue.withLock { queue in
      queue.pending.insert(contentsOf: waiting, at: 0)
      queue.hasLeader = !queue.pending.isEmpty
      return queue.pending.first
    }
    next?.takeLead()
  }
}

/// A write in the queue, and the thread that waits for its result.
final class PendingOperation: Sendable {
  let operation: StoreOperation
  /// When waiting for another program's lock ends.
  let deadline: ContinuousClock.Instant
  private let result = Mutex<Result<Receipt, StoreError>?>(nil)
  private let wakeUp = DispatchSemaphore(value: 0)

  init(_ operation: StoreOperation, deadline: ContinuousClock.Instant) {
    self.operation = operation
    self.deadline = deadline
  }

  /// Waits for the result. Returns nil when this thread is to take the lead.
  func wait() -> Result<Receipt, StoreError>? {
    wakeUp.wait()
    return result.withLock(\.self)
  }

  func finish(_ receipt: Result<Receipt, StoreError>) {
    result.withLock { $0 = receipt }
    wakeUp.signal()
  }

  func takeLead() {
    wakeUp.signal()
  }
}
