import Glibc

/// One thread's loop: accept, read, answer, close.
struct Worker: Sendable {
  let listener: Listener
  let handler: any RequestHandler
  let watchdog: Watchdog
  let stop: StopSignal

  func run() {
    var request = FastCGIRequest()
    while true {
      do {
        guard let connection = try listener.accept(unless: stop) else { return }
        try answer(connection, with: &request)
      } catch {
        handler.connectionFailed(error)
        // Out of descriptors, say: time for others to be closed, without spinning.
        if case .notAccepted = error { usleep(100_000) }
      }
    }
  }

  private func answer(
    _ connection: consuming Descriptor, with request: inout FastCGIRequest
  ) throws(ConnectionError) {
    // libfcgi closes what it is given whenever it sees fit. It gets a duplicate, so that the number the
    // watchdog knows cannot become another connection's meanwhile.
    let duplicate = fcntl(connection.number, F_DUPFD, 0)
    guard duplicate >= 0 else { throw .notAccepted(errno: errno) }

    watchdog.watch(connection)
    defer { watchdog.release(connection) }
    guard let parameters = request.begin(on: duplicate) else { throw .noRequest }
    let response = handler.exchange(parameters, body: &request) { watchdog.release(connection) }

    // Closing waits for the peer to close too, and a dripping one would make that wait endless.
    watchdog.watch(connection)
    request.write(
      response.serialized(for: parameters["REQUEST_METHOD"]), standardError: response.standardError)
    request.finish()
  }
}
