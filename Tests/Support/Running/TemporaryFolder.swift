import Foundation

/// A temporary folder of one test, deleted with its contents when the test releases it.
///
/// It is directly under /tmp or /dev/shm, because the path of a unix socket is limited to 107 bytes.
public final class TemporaryFolder: Sendable {
  public let path: String

  /// Creates the folder. With `inMemory` it is in memory where the system supports that, so that thousands of
  /// transactions do not wait for a disk.
  public init(inMemory: Bool = false) throws {
    let parent = inMemory && FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : "/tmp"
    path = "\(parent)/clerk-sync-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// Returns the path of a file in the folder.
  public func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file and returns its path.
  @discardableResult
  public func write(_ text: String, to name: String) throws -> String {
    try text.write(toFile: file(name), atomically: true, encoding: .utf8)
    return file(name)
  }
}
