import Foundation
import TestSupport
import Testing

/// A 200 means that the change is on disk, so that it outlives a power cut.
@Suite struct SyncTests {
  private static let canTrace: Bool = {
    guard let folder = try? TemporaryFolder() else { return false }
    let tracer = try? ChildProcess("/usr/bin/strace", ["/bin/true"], output: folder.file("trace"))
    return tracer?.exitStatus() == 0
  }()

  @Test(
    .enabled(if: canTrace, "strace is not installed, or may not trace"), arguments: JournalMode.allCases)
  func `A delivery is answered only after what it wrote has been synced`(mode: JournalMode) throws {
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
      // The deletion of the journal is the commit.
      let commit = try #require(calls.lastIndex { $0.contains("unlink(\"\(mode.journal(of: database))\"") })
      #expect(commit < answer)
    }
  }
}
