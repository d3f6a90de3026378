import Dispatch
import Synchronization

/// Asks what runs for long, on another thread, to come to its end.
public final class StopRequest: Sendable {
  private let isMade = Atomic(false)
  private let wakeUp = DispatchSemaphore(value: 0)

  public init() {}

  public func make() {
    isMade.store(true, ordering: .relaxed)
    wakeUp.signal()
  }

  var wasMade: Bool { isMade.load(ordering: .relaxed) }

  /// Lets the time pass, but for what is left of it when the request is made. For one thread.
  func sleep(_ time: Duration) {
    // The signal wakes one sleep only.
    guard !wasMade else { return }
    _ = wakeUp.wait(timeout: .now() + time / .seconds(1))
  }
}
