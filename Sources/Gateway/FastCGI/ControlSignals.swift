import Glibc

/// The signals that tell this process what to do: SIGHUP to reload, and SIGTERM, SIGINT, SIGQUIT and SIGUSR1 to
/// stop, all gracefully.
///
/// They are blocked in every thread and taken by `sigtimedwait`, never delivered: a handler would
/// interrupt a read, and libfcgi takes an interrupted read for the end of the body.
public struct ControlSignals {
  /// What a signal asks for.
  enum Demand {
    case reload
    case stop
  }

  private var set = sigset_t()

  /// Blocks the signals in this thread and in all that it starts from now on; one that comes is kept until it is
  /// waited for.
  public init() {
    unsafe sigemptyset(&set)
    for number in [SIGHUP, SIGTERM, SIGINT, SIGQUIT, SIGUSR1] {
      unsafe sigaddset(&set, number)
    }
    unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// Waits at most `milliseconds` (below 1000) and tells what the signal that came asks for, or nil for none.
  mutating func next(within milliseconds: Int) -> Demand? {
    var time = timespec(tv_sec: 0, tv_nsec: milliseconds * 1_000_000)
    let number = unsafe sigtimedwait(&set, nil, &time)
    guard number > 0 else { return nil }
    return number == SIGHUP ? .reload : .stop
  }
}
