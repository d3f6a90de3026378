import Foundation
import TestSupport
import Testing

/// Tests that a 200 means that the change is on disk, and survives a power failure.
@Suite(.programs) struct SyncTests {
  @Test(
    .enabled(if: Strace.isUsable, "strace is not installed, or may not trace"),
    arguments: JournalMode.allCases)
  func `A delivery is answered only after its writes are synced`(mode: JournalMode) throws {
    let folder = try TemporaryFolder()
    let database = folder.file("app.db")
    try mode.create(at: database)
    let program = CGIProgram(in: folder)
    #expect(try program.prepared().isHealthy())

    let delivery = try SignedDelivery(Payload.user(id: "user_1"))
    let input = folder.file("body")
    try Data(delivery.body).write(to: URL(filePath: input))
    let trace = folder.file("trace")
    let process = try program.start(
      delivery.parameters, standardInput: FileHandle(forReadingFrom: URL(filePath: input)),
      command: #"exec strace -f -y -e trace=pwrite64,write,fsync,fdatasync,unlink -o \#(trace) "$0""#)
    #expect(process.exitStatus() == 0)
    #expect(try program.output.starts(with: Array("Status: 200".utf8)))

    let calls = try String(contentsOfFile: trace, encoding: .utf8).split(separator: "\n")
    let written = mode == .wal ? mode.journal(of: database) : database
    let answer = try #require(calls.firstIndex { $0.contains("Status: 200") })
    let lastWrite = try #require(calls.lastIndex { $0.contains("pwrite64(") && $0.contains("<\(written)>") })
    let lastSync = try #require(calls.lastIndex { $0.contains("sync(") && $0.contains("<\(written)>") })
    #expect(lastWrite < lastSync)
    #expect(lastSync < answer)
    if mode == .delete {
      // Overwriting the journal's header commits the transaction.
      let journal = "<\(mode.journal(of: database))>"
      let commit = try #require(calls.lastIndex { $0.contains("pwrite64(") && $0.contains(journal) })
      let sync = try #require(calls.lastIndex { $0.contains("sync(") && $0.contains(journal) })
      #expect(lastSync < commit)
      #expect(commit < sync)
      #expect(sync < answer)
    }
  }

  /// Deliveries of several threads share a commit, which one of them makes.
  @Test(.enabled(if: Strace.isUsable, "strace is not installed, or may not trace"))
  func `A delivery is answered only after a sync that began after its write`() throws {
    let folder = try TemporaryFolder()
    let database = folder.file("app.db")
    try JournalMode.wal.create(at: database)
    let trace = folder.file("trace")
    let handler = try Handler(
      in: folder,
      command:
        #"exec strace -D -f -y -s 4096 -e trace=pwrite64,write,fdatasync -e signal=none -o \#(trace) "$0""#)
    #expect(try eventually { try handler.isHealthy() })
    let deliveries = try (0..<80).map { try SignedDelivery(Payload.user(id: "user_\($0)")) }
    try inThreads(8) { client in
      for delivery in deliveries[(client * 10)..<(client * 10 + 10)] {
        let answer = try handler.answer(delivery)
        #expect(answer?.status == 200)
      }
    }
    handler.process.send(SIGTERM)
    #expect(handler.process.exitStatus() == 0)

    let calls = try Strace.calls(in: trace)
    let log = JournalMode.wal.journal(of: database)
    let logged = calls.filter { $0.text.contains("<\(log)>") }
    let writes = logged.filter { $0.text.hasPrefix("pwrite64(") }
    let syncs = logged.filter { $0.text.hasPrefix("fdatasync(") }
    for delivery in deliveries {
      // The ledger's entry. Later frames of the same page contain it too.
      let write = try #require(writes.first { $0.text.contains(delivery.id) })
      let answer = try #require(
        calls.first { $0.text.contains("{\\\"outcome\\\":\\\"applied\\\",\\\"id\\\":\\\"\(delivery.id)") })
      #expect(syncs.contains { $0.begin > write.end && $0.end < answer.begin }, "\(delivery.id)")
    }
    #expect(syncs.count < 80)
  }
}
