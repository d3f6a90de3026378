import Foundation
import SQLite
import TestSupport

/// A database in a folder `data`, and a handler that is subject to file permissions even if the test runs as root.
final class FaultySite {
  struct CommandFailed: Error {
    let words: [String]
  }

  let folder: TemporaryFolder
  private let isMounted: Bool
  private var handler: Handler?

  /// If `isMounted`, the folder is a separate file system of one megabyte.
  init(_ mode: JournalMode, isMounted: Bool = false) throws {
    folder = try TemporaryFolder(inMemory: true)
    self.isMounted = isMounted
    try makeFolder(at: folder.file("data"))
    if isMounted { try run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder.file("data")) }
    try mode.create(at: database)
  }

  deinit {
    // Unmount lazily, because a handler may still have files open.
    if isMounted { try? run("umount", "--lazy", folder.file("data")) }
  }

  /// Whether the test may mount file systems.
  static let canMount = geteuid() == 0 && (try? FaultySite(.delete, isMounted: true)) != nil

  var database: String { folder.file("data/app.db") }

  /// `hasStandardError` selects whether the process can log to a file.
  func start(hasStandardError: Bool = true, environment: [String: String] = [:]) throws -> Handler {
    let unprivileged = geteuid() == 0 ? "setpriv --bounding-set -dac_override,-dac_read_search" : ""
    // A write over the limit must fail rather than kill the process.
    let handler = try Handler(
      in: folder, environment: ["CLERK_SYNC_DATABASE": database].merging(environment) { $1 },
      command: #"trap '' XFSZ; exec \#(unprivileged) "$0" \#(hasStandardError ? "" : "2>/dev/null")"#)
    self.handler = handler
    return handler
  }

  /// Sets the limit on the size of the handler's files, in bytes.
  func limitFileSize(to limit: String) throws {
    try run("prlimit", "--pid=\(handler?.process.id ?? 0)", "--fsize=\(limit):")
  }

  /// Runs a checkpoint and deletes the WAL.
  func removeWAL() throws {
    try DatabaseFile(database).execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for suffix in ["-wal", "-shm"] { try FileManager.default.removeItem(atPath: database + suffix) }
  }

  func setPermissions(_ permissions: Int, of path: String) throws {
    try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: path)
  }

  func makeFolder(at path: String) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  /// Moves a file or folder, and replaces an existing one.
  func move(_ name: String, to other: String) throws {
    try? FileManager.default.removeItem(atPath: folder.file(other))
    try FileManager.default.moveItem(atPath: folder.file(name), toPath: folder.file(other))
  }

  /// Moves the database and the files beside it out of its folder.
  func setAside() throws {
    try move("data", to: "aside")
    try makeFolder(at: folder.file("data"))
  }

  func putBack() throws {
    try move("aside", to: "data")
  }

  /// Copies the files of another site, like a restored backup.
  func replaceData(with other: FaultySite) throws {
    try setAside()
    try FileManager.default.removeItem(atPath: folder.file("data"))
    try FileManager.default.moveItem(atPath: other.folder.file("data"), toPath: folder.file("data"))
  }

  func remount(_ option: String) throws {
    try run("mount", "-o", "remount,\(option)", folder.file("data"))
  }

  /// Fills the file system.
  /// Removes the rollback journal that the handler keeps, in which a commit needs no space and no access to the folder.
  func removeJournal() {
    try? FileManager.default.removeItem(atPath: database + "-journal")
  }

  func fillDisk() throws {
    removeJournal()
    let filler = folder.file("data/filler")
    guard FileManager.default.createFile(atPath: filler, contents: nil) else {
      throw CocoaError(.fileWriteUnknown)
    }
    let file = try FileHandle(forWritingTo: URL(filePath: filler))
    for size in [4096, 1] {
      while (try? file.write(contentsOf: Data(count: size))) != nil {}
    }
  }

  func emptyDisk() throws {
    try FileManager.default.removeItem(atPath: folder.file("data/filler"))
  }

  private func run(_ words: String...) throws {
    let process = try ChildProcess(
      "/usr/bin/env", words, environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"],
      output: folder.file("command.log"))
    guard process.exitStatus() == 0 else { throw CommandFailed(words: words) }
  }
}
