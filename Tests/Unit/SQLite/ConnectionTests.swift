import Foundation
import SQLite
import TestSupport
import Testing

@Suite struct ConnectionTests {
  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("app.db")
  }

  @Test func `A missing file is created only on request`() throws {
    let error = #expect(throws: SQLiteError.self) {
      _ = try Connection(path: path, mode: .mustExist)
    }
    #expect(error?.kind == .cannotOpen)
    #expect(!FileManager.default.fileExists(atPath: path))

    _ = try Connection(path: path, mode: .createIfMissing)
    #expect(FileManager.default.fileExists(atPath: path))
    #expect(throws: Never.self) { _ = try Connection(path: path, mode: .mustExist) }
  }

  @Test func `The error about a file that cannot be opened contains the system's message`() throws {
    let error = #expect(throws: SQLiteError.self) { _ = try Connection.open(folder.file("no/app.db")) }
    #expect(error?.message.hasSuffix(": No such file or directory") == true)
  }

  @Test func `Foreign keys are enforced on every connection`() throws {
    for _ in 0..<2 {
      let connection = try Connection.open(path)
      let setting = try connection.column("PRAGMA foreign_keys")
      #expect(setting == ["1"])
    }
  }

  @Test func `A connection closes when it goes out of scope`() throws {
    func openFiles() throws -> Int {
      try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        // Other tests close connections at the same time.
        .filter {
          (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == path
        }
        .count
    }
    func use() throws -> Int {
      let connection = try Connection.open(path)
      try connection.run("CREATE TABLE t (a)")
      return try openFiles()
    }
    let (during, after) = (try use(), try openFiles())
    #expect(during == 1)
    #expect(after == 0)
  }

  @Test func `A held lock is reported as busy after the timeout`() throws {
    let holder = try Connection.open(path)
    try holder.run("CREATE TABLE t (a)")
    try holder.run("BEGIN IMMEDIATE")

    let other = try Connection.open(path, busyTimeout: 200)
    let start = ContinuousClock.now
    let error = #expect(throws: SQLiteError.self) { try other.run("INSERT INTO t VALUES (1)") }
    let waited = ContinuousClock.now - start
    #expect(error?.kind == .busy)
    #expect(waited >= .milliseconds(150))
    withExtendedLifetime(holder) {}
  }

  @Test func `A lock that is released in time causes no error`() throws {
    let holder = try Connection.open(path)
    try holder.run("CREATE TABLE t (a)")
    try holder.run("BEGIN IMMEDIATE")

    let path = path
    let done = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      defer { done.signal() }
      try? Connection.open(path, busyTimeout: Int32(testTimeout) * 1000).run("INSERT INTO t VALUES (1)")
    }
    #expect(done.wait(timeout: .now() + 0.2) == .timedOut)
    try holder.run("COMMIT")
    #expect(done.wait(timeout: .now() + testTimeout) == .success)
    let rows = try holder.column("SELECT a FROM t")
    #expect(rows == ["1"])
  }

  @Test func `An empty statement is refused`() throws {
    let connection = try Connection.open(path)
    for sql in ["", " ", "-- nothing"] as [SQL] {
      #expect(throws: SQLiteError.self) { try connection.run(sql) }
    }
  }

  @Test func `Rows that a statement returns may be ignored`() throws {
    let connection = try Connection.open(path)
    #expect(throws: Never.self) { try connection.run("VALUES (1), (2), (3)") }
  }
}
