import Dispatch
import Synchronization

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
