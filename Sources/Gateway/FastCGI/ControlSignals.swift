import Glibc

/// The signals that control this process: SIGHUP reloads it; SIGTERM, SIGINT, SIGQUIT and SIGUSR1 stop it
/// gracefully.
///
/// They are blocked in every thread and received with `sigtimedwait`. A signal handler would interrupt a
/// write, and libfcgi treats an interrupted write as an error of the connection.
public struct ControlSignals {
  /// The action that a signal requests.
  enum Demand {
    case reload
    case stop
  }

  private var set = sigset_t()

  /// Blocks the signals in this thread and in every thread that it starts later. A blocked signal stays
  /// pending until ``next(within:)`` receives it.
  public init() {
    unsafe sigemptyset(&set)
    for number in [SIGHUP, SIGTERM, SIGINT, SIGQUIT, SIGUSR1] {
      unsafe sigaddset(&set, number)
    }
    unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// Waits up to `milliseconds`, which must be below 1000. Returns the action of the signal received, or nil
  /// when none arrived.
  mutating func next(within milliseconds: Int) -> Demand? {
    var time = timespec(tv_sec: 0, tv_nsec: milliseconds * 1_000_000)
    let number = unsafe sigtimedwait(&set, nil, &time)
    guard number > 0 else { return nil }
    return number == SIGHUP ? .reload : .stop
  }
}
