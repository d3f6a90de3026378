import Foundation
import TestSupport
import Testing

/// Tests of failed syncs: they are not answered with 200, and do not endanger later deliveries.
@Suite(.programs) struct FailedSyncTests {
  @Test(
    .enabled(if: Strace.isUsable, "strace is not installed, or may not trace"),
    .enabled(if: TestMode.connection == nil, "SQLite itself syncs a shared connection"))
  func `After a failed sync, a checkpoint precedes the next append to the WAL`() throws {
    let folder = try TemporaryFolder()
    let database = folder.file("app.db")
    try JournalMode.wal.create(at: database)
    // Before the first delivery no connection is kept, so SQLite syncs the WAL and its folder.
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

    #expect(try handler.answer(deliveries[2])?["outcome"] == "applied")
    #expect(try size(of: log) < before)
    // The delivery was committed, and reached the disk with the next one.
    #expect(try handler.answer(deliveries[1])?["outcome"] == "duplicate")
    let rows = try DatabaseFile(database).rows("SELECT id FROM users ORDER BY id")
    #expect(rows == [["user_0"], ["user_1"], ["user_2"]])
    #expect(try DatabaseFile(database).rows("PRAGMA integrity_check") == [["ok"]])
  }

  private func size(of file: String) throws -> Int {
    try URL(filePath: file).resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
  }
}
