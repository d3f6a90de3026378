import Glibc

/// The listening socket the server or supervisor handed to this process.
struct Listener: Sendable {
  private let descriptor: Int32
  /// How long one read or write on a connection may make no progress, in seconds.
  private let idleTimeout: Int

  /// Several threads and processes wait on one listener and only one of them gets the connection:
  /// non-blocking, so that the others find nothing instead of sleeping where no stop can reach them.
  init(_ descriptor: Int32, idleTimeout: Int) {
    self.descriptor = descriptor
    self.idleTimeout = idleTimeout
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
  }

  /// The next connection, or nil once `stop` is raised.
  func accept(unless stop: borrowing StopSignal) throws(ConnectionError) -> Descriptor? {
    while true {
      var waiting = [
        pollfd(fd: stop.descriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
      ]
      _ = unsafe poll(&waiting, nfds_t(waiting.count), -1)
      if waiting[0].revents != 0 { return nil }
      if waiting[1].revents == 0 { continue }

      let connection = Glibc.accept(descriptor, nil, nil)
      if connection >= 0 {
        limitIdleTime(of: connection)
        return Descriptor(number: connection)
      }
      // Another thread was faster, or the peer has left already.
      if [EAGAIN, ECONNABORTED, EINTR].contains(errno) { continue }
      throw .notAccepted(errno: errno)
    }
  }

  private func limitIdleTime(of connection: Int32) {
    var time = timeval(tv_sec: idleTimeout, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    unsafe setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &time, size)
    unsafe setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &time, size)
  }
}
