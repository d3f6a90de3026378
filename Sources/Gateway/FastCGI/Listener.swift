import CFastCGI
import Glibc
import Synchronization

/// One thread's way to the listening socket that the server or supervisor handed to this process.
///
/// Several threads and processes wait on the one listener. EPOLLEXCLUSIVE wakes one of them for a connection and not
/// all (epoll_ctl(2)), and accepting does not block, since another may be faster all the same.
final class Listener: Sendable {
  private let socket: Int32
  private let epoll: Descriptor
  // Its descriptor stays open for as long as it is waited for.
  private let stop: StopSignal

  /// `stop` ends the waiting of ``accept()``.
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

  /// The next connection, or nil once the stop is signalled.
  func accept() throws(ConnectionError) -> Descriptor? {
    while true {
      // One at a time: those that are ready take turns, so a stop is seen however many connections wait.
      var event = unsafe epoll_event()
      guard unsafe epoll_wait(epoll.number, &event, 1, -1) == 1 else { continue }
      guard unsafe event.data.fd == socket else { return nil }

      let connection = Glibc.accept(socket, nil, nil)
      if connection >= 0 { return Descriptor(number: connection) }
      // Another was faster, or the peer has left already.
      if [EAGAIN, ECONNABORTED, EINTR].contains(errno) { continue }
      throw .notAccepted(errno: errno)
    }
  }
}

/// A pipe whose end of file tells every waiting thread at once to stop.
final class StopSignal: Sendable {
  private let readEnd: Descriptor
  private let writeEnd: Mutex<Descriptor?>

  init() throws(FastCGIError) {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { throw .system(call: "pipe", errno: errno) }
    readEnd = Descriptor(number: ends[0])
    writeEnd = Mutex(Descriptor(number: ends[1]))
  }

  /// Becomes readable, for as many as wait on it, once the signal is raised.
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
