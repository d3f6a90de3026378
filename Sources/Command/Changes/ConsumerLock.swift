import ClerkSync
import Foundation

/// The lock that lets only one process at a time run a consumer: flock(2) on a file beside the database.
///
/// The kernel releases it when the process ends, however that happens. The file stays, because removing it would let
/// two processes lock two files of the same name.
struct ConsumerLock {
  private let descriptor: Int32

  /// Throws a ``CommandFailure`` if another process holds the lock.
  init(_ name: ConsumerName, database: String) throws {
    let path = URL(filePath: database).resolvingSymlinksInPath().path + ".consumer-\(name.text)"
    guard FileManager.default.fileExists(atPath: database) else {
      throw StoreError.missing(database: database)
    }
    descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o660)
    guard descriptor >= 0 else {
      throw CommandFailure(
        "\(path) cannot be opened (\(systemError(errno))): expected a file that this user can write, in a folder that it "
          + "can write")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let number = errno
      close(descriptor)
      throw CommandFailure(
        number == EWOULDBLOCK
          ? "another process runs the consumer \(name.text): stop it first, or choose another name"
          : "\(path) cannot be locked (\(systemError(number)))")
    }
  }

  func release() {
    close(descriptor)
  }
}

/// The text for a number of errno.
func systemError(_ number: Int32) -> String {
  unsafe String(cString: strerror(number))
}
