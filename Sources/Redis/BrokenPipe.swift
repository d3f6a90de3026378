import Glibc

/// SIGPIPE, which hiredis lets come when it writes to a connection that is gone, and which would end the process.
enum BrokenPipe {
  /// Runs `body` with the signal held back from this thread, and takes one that has come of it.
  static func held<Result>(_ body: () -> Result) -> Result {
    var set = sigset_t()
    var before = sigset_t()
    var pending = sigset_t()
    unsafe sigemptyset(&set)
    unsafe sigaddset(&set, SIGPIPE)
    unsafe sigpending(&pending)
    let wasPending = unsafe sigismember(&pending, SIGPIPE) == 1
    unsafe pthread_sigmask(SIG_BLOCK, &set, &before)
    let result = body()
    var none = timespec()
    if !wasPending { _ = unsafe sigtimedwait(&set, nil, &none) }
    unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
    return result
  }
}
