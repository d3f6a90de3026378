import Dispatch
import Synchronization

/// Commits writes in groups on one kept connection.
///
/// The first thread that finds nobody committing leads: it commits all that waits, each write under a savepoint
/// of its own, and then hands the lead to one of those that came meanwhile. No one is answered before the commit
/// that holds their write.
final class SharedWriter: Writer {
  private struct Queue {
    var waiting: [PendingOperation] = []
    var isLed = false
  }

  private let queue = Mutex(Queue())
  private let committer: Mutex<GroupCommitter>

  init(_ database: Database, context: StoreOperation.Context) {
    committer = Mutex(GroupCommitter(database, context: context))
  }

  func write(_ operation: StoreOperation, timeout: Int32?) throws(StoreError) -> Outcome {
    let pending = PendingOperation(operation, timeout: timeout)
    let leads = queue.withLock { queue in
      queue.waiting.append(pending)
      defer { queue.isLed = true }
      return !queue.isLed
    }
    if leads { lead() }
    while true {
      if let result = pending.wait() { return try result.get() }
      lead()
    }
  }

  /// Commits these writes as a group of their own; the results come in their order.
  func write(_ operations: [StoreOperation], timeout: Int32) -> [Result<Outcome, StoreError>] {
    let group = operations.map { PendingOperation($0, timeout: timeout) }
    return committer.withLock { $0.commit(group) }
  }

  /// Commits what waits, the leader's own write among it, and passes the lead on.
  private func lead() {
    let group = queue.withLock { queue in
      defer { queue.waiting = [] }
      return queue.waiting
    }
    let results = committer.withLock { $0.commit(group) }
    for (pending, result) in zip(group, results) { pending.finish(result) }
    let next = queue.withLock { queue in
      queue.isLed = !queue.waiting.isEmpty
      return queue.waiting.first
    }
    next?.takeLead()
  }
}

/// A write in the queue, and the thread that waits for it.
final class PendingOperation: Sendable {
  let operation: StoreOperation
  /// nil for an operation that nobody waits for.
  let deadline: Deadline?
  private let result = Mutex<Result<Outcome, StoreError>?>(nil)
  private let wakeUp = DispatchSemaphore(value: 0)

  init(_ operation: StoreOperation, timeout: Int32?) {
    self.operation = operation
    deadline = timeout.map(Deadline.init)
  }

  /// Waits for the result; nil asks the waiting thread to take the lead.
  func wait() -> Result<Outcome, StoreError>? {
    wakeUp.wait()
    return result.withLock(\.self)
  }

  func finish(_ outcome: Result<Outcome, StoreError>) {
    result.withLock { $0 = outcome }
    wakeUp.signal()
  }

  func takeLead() {
    wakeUp.signal()
  }
}
