import Glibc

/// One thread's loop: accept a connection, read its request, answer it, close.
struct WorkerThread: Sendable {
  /// Pause between attempts after descriptors have run out, in microseconds, so that other threads can close
  /// some.
  private static let pause: UInt32 = 100_000

  let listener: Listener
  let blank: BlankRequest
  let handler: any RequestHandler
  let watchdog: Watchdog

  func run() {
    var request = FastCGIRequest(blank)
    var wasAccepted = true
    while true {
      do {
        guard let connection = try listener.accept() else { return }
        wasAccepted = true
        try answer(connection, with: &request)
      } catch .notAccepted(let number) {
        // Log the first failure only, not every attempt.
        if wasAccepted { handler.connectionFailed(.notAccepted(errno: number)) }
        wasAccepted = false
        usleep(Self.pause)
      } catch {
        handler.connectionFailed(error)
      }
    }
  }

  private func answer(
    _ connection: consuming Descriptor, with request: inout FastCGIRequest
  ) throws(ConnectionError) {
    watchdog.watch(connection, shuttingDown: SHUT_RD)
    defer { watchdog.release() }
    guard let parameters = request.begin(on: try duplicate(connection)) else { throw .noRequest }
    let response = handler.exchange(parameters, body: &request) { watchdog.release() }

    // A peer may read nothing, and closing waits for the peer to close first. The deadline limits both.
    watchdog.watch(connection, shuttingDown: SHUT_RDWR)
    request.write(
      response.serialized(for: parameters["REQUEST_METHOD"]), standardError: response.standardError)
    request.finish()
  }

  /// Duplicates the connection's descriptor for libfcgi, which closes it at a time of its own choosing. The
  /// original stays open, so its number, which the watchdog uses, cannot be reused by another connection
  /// meanwhile.
  ///
  /// When descriptors have run out, this retries until the read deadline rather than drop an accepted
  /// connection.
  private func duplicate(_ connection: borrowing Descriptor) throws(ConnectionError) -> Int32 {
    let end = ContinuousClock.now + watchdog.limit
    while true {
      let duplicate = fcntl(connection.number, F_DUPFD, 0)
      if duplicate >= 0 { return duplicate }
      guard ContinuousClock.now < end else { throw .notAccepted(errno: errno) }
      usleep(Self.pause)
    }
  }
}
