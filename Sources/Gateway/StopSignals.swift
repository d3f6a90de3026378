import Glibc

/// The signals that ask this process to stop: SIGTERM, SIGINT, SIGQUIT and SIGUSR1, all gracefully.
///
/// They are blocked in every thread and taken by `sigtimedwait`, never delivered: a handler would
/// interrupt a read, and libfcgi takes an interrupted read for the end of the body.
struct StopSignals {
  private var set = sigset_t()

  /// Blocks the signals in this thread and in all that it starts from now on.
  init() {
    unsafe sigemptyset(&set)
    for number in [SIGTERM, SIGINT, SIGQUIT, SIGUSR1] {
      unsafe sigaddset(&set, number)
    }
    unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// Waits at most `milliseconds` (below 1000) and tells whether one of the signals came.
  mutating func arrived(within milliseconds: Int) -> Bool {
    var time = timespec(tv_sec: 0, tv_nsec: milliseconds * 1_000_000)
    return unsafe sigtimedwait(&set, nil, &time) > 0
  }
}
