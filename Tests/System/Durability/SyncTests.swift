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
      // Deleting the journal commits the transaction.
      let commit = try #require(calls.lastIndex { $0.contains("unlink(\"\(mode.journal(of: database))\"") })
      #expect(commit < answer)
    }
  }

  /// The threads of a process share syncs, so the sync before a response may be made by another thread.
  @Test(
    .enabled(if: Strace.isUsable, "strace is not installed, or may not trace"),
    .enabled(
      if: TestMode.connection == nil, "a shared connection writes in one thread and answers in another"))
  func `A delivery is answered only after a sync that began after its write`() throws {
    let folder = try TemporaryFolder()
    let database = folder.file("app.db")
    try JournalMode.wal.create(at: database)
    let trace = folder.file("trace")
    let handler = try Handler(
      in: folder,
      command:
        #"exec strace -D -f -y -s 16 -e trace=pwrite64,write,fdatasync -e signal=none -o \#(trace) "$0""#)
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
    let syncs = calls.filter { $0.text.hasPrefix("fdatasync(") && $0.text.contains("<\(log)>") }
    var answers = 0
    var written: [Substring: Strace.Call] = [:]
    for call in calls {
      if call.text.hasPrefix("pwrite64("), call.text.contains("<\(log)>") { written[call.thread] = call }
      guard call.text.contains("\\1\\6\\0\\1"), let last = written.removeValue(forKey: call.thread) else {
        continue
      }
      answers += 1
      #expect(syncs.contains { $0.begin > last.end && $0.end < call.begin }, "\(last.text) \(call.text)")
    }
    #expect(answers == 80)
    #expect(syncs.count < 80)
  }
}
