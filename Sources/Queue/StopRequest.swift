import Dispatch
import Synchronization

/// Asks a long-running task on another thread to finish.
public final class StopRequest: Sendable {
  private let isMade = Atomic(false)
  private let wakeUp = DispatchSemaphore(value: 0)

  public init() {}

  public func make() {
    isMade.store(true, ordering: .relaxed)
    wakeUp.signal()
  }

  var wasMade: Bool { isMade.load(ordering: .relaxed) }

  /// Sleeps for this time, or until the request is made. Only one thread may sleep.
  func sleep(_ time: Duration) {
    // The semaphore wakes one sleep only; later ones must not start.
    guard !wasMade else { return }
    _ = wakeUp.wait(timeout: .now() + time / .seconds(1))
  }
}
