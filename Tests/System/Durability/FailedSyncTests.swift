import Foundation
import TestSupport
import Testing

/// What the disk refuses to keep is not answered with a 200, and does not endanger what comes after it.
@Suite(.programs) struct FailedSyncTests {
  @Test(
    .enabled(if: Strace.isUsable, "strace is not installed, or may not trace"),
    .enabled(if: TestMode.connection == nil, "SQLite itself syncs a shared connection"))
  func `After a sync that failed, the WAL is moved into the database before anything is appended`() throws {
    let folder = try TemporaryFolder()
    let database = folder.file("app.db")
    try JournalMode.wal.create(at: database)
    // A worker's first delivery comes before anything is kept, so SQLite syncs it: the WAL and its folder.
    let handler = try Handler(
      in: folder, environment: ["CLERK_SYNC_THREADS": "1"],
      command: #"exec strace -D -f -o trace -e trace=fdatasync -e inject=fdatasync:error=EIO:when=3 "$0""#)
    #expect(try eventually { try handler.isHealthy() })
    let deliveries = try (0..<3).map { try SignedDelivery(Payload.user(id: "user_\($0)")) }
    #expect(try handler.answer(deliveries[0])?["outcome"] == "applied")

    let log = JournalMode.wal.journal(of: database)
    let before = try size(of: log)
    let refusal = try handler.answer(deliveries[1])
    #expect(refusal?.status == 500)
    #expect(refusal?.standardError.contains("disk I/O error: Input/output error") == true)

    // The ledger's note of the failure is the first to be written after it.
    #expect(try size(of: log) < before)
    #expect(try handler.answer(deliveries[2])?["outcome"] == "applied")
    // It had been committed, and has come to disk with the next one.
    #expect(try handler.answer(deliveries[1])?["outcome"] == "duplicate")
    let rows = try DatabaseFile(database).rows("SELECT id FROM users ORDER BY id")
    #expect(rows == [["user_0"], ["user_1"], ["user_2"]])
    #expect(try DatabaseFile(database).rows("PRAGMA integrity_check") == [["ok"]])
  }

  private func size(of file: String) throws -> Int {
    try URL(filePath: file).resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
  }
}
