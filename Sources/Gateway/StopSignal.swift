import Glibc
import Synchronization

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
