import Glibc

/// One thread's loop: accept, read, answer, close.
struct WorkerThread: Sendable {
  /// How long to leave others the time to close something, in microseconds, when descriptors have run out.
  private static let pause: UInt32 = 100_000

  let listener: Listener
  let handler: any RequestHandler
  let watchdog: Watchdog

  func run() {
    var request = FastCGIRequest()
    var wasAccepted = true
    while true {
      do {
        guard let connection = try listener.accept() else { return }
        wasAccepted = true
        try answer(connection, with: &request)
      } catch .notAccepted(let number) {
        // Told once, not with each attempt.
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

    // A peer may read nothing, and closing waits for it to close too, which a dripping one would make endless.
    watchdog.watch(connection, shuttingDown: SHUT_RDWR)
    request.write(
      response.serialized(for: parameters["REQUEST_METHOD"]), standardError: response.standardError)
    request.finish()
  }

  /// A second descriptor of the connection, for libfcgi, which closes what it is given whenever it sees fit: so
  /// the number that the watchdog knows cannot become another connection's meanwhile.
  ///
  /// A connection that has been accepted is not given up at once where descriptors have just run out.
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
