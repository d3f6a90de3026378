import Foundation

/// A folder of its own for one test, removed with everything in it when the test is over.
///
/// Directly under /tmp or /dev/shm, because the path of a unix socket may have no more than 107 bytes.
public final class TemporaryFolder: Sendable {
  public let path: String

  /// Asked for one in memory, it is one where the system offers that: thousands of transactions are not to
  /// wait for a disk.
  public init(inMemory: Bool = false) throws {
    let parent = inMemory && FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : "/tmp"
    path = "\(parent)/clerk-sync-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// The path of a file in the folder.
  public func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file and returns its path.
  @discardableResult
  public func write(_ text: String, to name: String) throws -> String {
    try text.write(toFile: file(name), atomically: true, encoding: .utf8)
    return file(name)
  }
}
