import CFastCGI
import Glibc
import Synchronization

/// One thread's access to the listening socket, which the server or supervisor passed to this process.
///
/// Several threads and processes wait on the same socket. EPOLLEXCLUSIVE wakes one of them for each
/// connection (epoll_ctl(2)). Accepting does not block, because another one may still be faster.
final class Listener: Sendable {
  private let socket: Int32
  private let epoll: Descriptor
  // Keeps the descriptor open while it is registered with epoll.
  private let stop: StopSignal

  /// Registers the socket and `stop`, which ends ``accept()``.
  init(_ socket: Int32, stop: StopSignal) throws(FastCGIError) {
    self.socket = socket
    self.stop = stop
    let number = epoll_create1(0)
    guard number >= 0 else { throw .system(call: "epoll_create1", errno: errno) }
    epoll = Descriptor(number: number)
    _ = fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK)
    try wait(for: socket, EPOLLIN.rawValue | EPOLLEXCLUSIVE.rawValue)
    try wait(for: stop.descriptor, EPOLLIN.rawValue)
  }

  private func wait(for descriptor: Int32, _ events: UInt32) throws(FastCGIError) {
    var event = unsafe epoll_event(events: events, data: epoll_data(fd: descriptor))
    guard unsafe epoll_ctl(epoll.number, EPOLL_CTL_ADD, descriptor, &event) == 0 else {
      throw .system(call: "epoll_ctl", errno: errno)
    }
  }

  /// Waits for the next connection. Returns nil after the stop signal.
  func accept() throws(ConnectionError) -> Descriptor? {
    while true {
      // Request one event at a time: epoll rotates the ready descriptors, so the stop is seen under any load.
      var event = unsafe epoll_event()
      guard unsafe epoll_wait(epoll.number, &event, 1, -1) == 1 else { continue }
      guard unsafe event.data.fd == socket else { return nil }

      let connection = Glibc.accept(socket, nil, nil)
      if connection >= 0 { return Descriptor(number: connection) }
      // Another thread accepted the connection, or the peer has already closed it.
      if [EAGAIN, ECONNABORTED, EINTR].contains(errno) { continue }
      throw .notAccepted(errno: errno)
    }
  }
}

/// A pipe whose end of file tells all waiting threads to stop.
final class StopSignal: Sendable {
  private let readEnd: Descriptor
  private let writeEnd: Mutex<Descriptor?>

  init() throws(FastCGIError) {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { throw .system(call: "pipe", errno: errno) }
    readEnd = Descriptor(number: ends[0])
    writeEnd = Mutex(Descriptor(number: ends[1]))
  }

  /// Becomes readable for every waiting thread once the signal is raised.
  var descriptor: Int32 { readEnd.number }

  func raise() {
    writeEnd.withLock { $0 = nil }
  }
}

/// A file descriptor that is closed exactly once.
struct Descriptor: ~Copyable, Sendable {
  let number: Int32

  deinit {
    close(number)
  }
}
