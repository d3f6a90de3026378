import Foundation
import SQLite
import TestSupport

/// A database in a folder `data`, and a handler to which file permissions apply, also where a test runs as root.
final class FaultySite {
  struct CommandFailed: Error {
    let words: [String]
  }

  let folder: TemporaryFolder
  private let isMounted: Bool
  private var handler: Handler?

  /// A site that `isMounted` has a file system of its own for the folder, of one megabyte.
  init(_ mode: JournalMode, isMounted: Bool = false) throws {
    folder = try TemporaryFolder(inMemory: true)
    self.isMounted = isMounted
    try makeFolder(at: folder.file("data"))
    if isMounted { try run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder.file("data")) }
    try mode.create(at: database)
  }

  deinit {
    // Lazily, since a handler may still have files open there.
    if isMounted { try? run("umount", "--lazy", folder.file("data")) }
  }

  /// Whether this machine lets a test mount file systems.
  static let canMount = geteuid() == 0 && (try? FaultySite(.delete, isMounted: true)) != nil

  var database: String { folder.file("data/app.db") }

  /// `hasStandardError` tells whether there is a file for what the process logs.
  func start(hasStandardError: Bool = true) throws -> Handler {
    let unprivileged = geteuid() == 0 ? "setpriv --bounding-set -dac_override,-dac_read_search" : ""
    // A write beyond the limit is to fail, not to end the process.
    let handler = try Handler(
      in: folder, environment: ["CLERK_SYNC_DATABASE": database],
      command: #"trap '' XFSZ; exec \#(unprivileged) "$0" \#(hasStandardError ? "" : "2>/dev/null")"#)
    self.handler = handler
    return handler
  }

  /// Sets the limit, in bytes, of the handler's files.
  func limitFileSize(to limit: String) throws {
    try run("prlimit", "--pid=\(handler?.process.id ?? 0)", "--fsize=\(limit):")
  }

  /// Moves the WAL into the database and leaves the file alone.
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

  /// Moves a file or folder, in place of what may be there.
  func move(_ name: String, to other: String) throws {
    try? FileManager.default.removeItem(atPath: folder.file(other))
    try FileManager.default.moveItem(atPath: folder.file(name), toPath: folder.file(other))
  }

  /// Moves the database, with what belongs to it, out of its folder.
  func setAside() throws {
    try move("data", to: "aside")
    try makeFolder(at: folder.file("data"))
  }

  func putBack() throws {
    try move("aside", to: "data")
  }

  /// Takes over the files of another site, as a backup that is played back.
  func replaceData(with other: FaultySite) throws {
    try setAside()
    try FileManager.default.removeItem(atPath: folder.file("data"))
    try FileManager.default.moveItem(atPath: other.folder.file("data"), toPath: folder.file("data"))
  }

  func remount(_ option: String) throws {
    try run("mount", "-o", "remount,\(option)", folder.file("data"))
  }

  /// Leaves not one free byte.
  func fillDisk() throws {
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
