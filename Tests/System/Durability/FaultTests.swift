import Foundation
import TestSupport
import Testing

@Suite(.programs) struct FaultTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let fault: Fault
    let mode: JournalMode
    let comesWhileRunning: Bool

    var testDescription: String {
      "\(fault.testDescription), \(comesWhileRunning ? "while it runs" : "before the start"), \(mode)"
    }

    static func all(_ faults: [Fault]) -> [Case] {
      faults.flatMap { fault in
        JournalMode.allCases.flatMap { mode in
          [false, true].map { Case(fault: fault, mode: mode, comesWhileRunning: $0) }
        }
      }.filter { $0.isPossible }
    }

    /// Permissions are checked when a file is opened, and a kept connection has already opened it.
    private var keepsFileOpen: Bool { mode == .wal || TestMode.connection == "shared" }

    private var isPossible: Bool {
      (fault.mode ?? mode) == mode
        && (fault.comesWhileRunning ?? comesWhileRunning) == comesWhileRunning
        && (fault.appliesToOpenFiles || !comesWhileRunning || !keepsFileOpen)
    }
  }

  private let first: SignedDelivery
  private let second: SignedDelivery

  init() throws {
    first = try SignedDelivery(Payload.user(id: "user_1"))
    second = try SignedDelivery(Payload.user(id: "user_2"))
  }

  @Test(arguments: Case.all(Fault.all))
  func `A fault is reported with its remedy, writes nothing, and ends with its repair`(
    example: Case
  ) throws {
    try expectRecovery(from: example, at: FaultySite(example.mode))
  }

  @Test(
    .enabled(if: FaultySite.canMount, "only root may mount file systems"),
    arguments: Case.all(Fault.mounted))
  func `A file system fault is reported, writes nothing, and ends with its repair`(
    example: Case
  ) throws {
    try expectRecovery(from: example, at: FaultySite(example.mode, isMounted: true))
  }

  private func expectRecovery(from example: Case, at site: FaultySite) throws {
    // The limit on file sizes would also apply to the log.
    var handler = try site.start(hasStandardError: false)
    #expect(try handler.answer(first)?["outcome"] == "applied")
    if example.comesWhileRunning {
      try example.fault.cause(site)
    } else {
      handler.process.send(SIGTERM)
      #expect(handler.process.exitStatus() == 0)
      try example.fault.cause(site)
      handler = try site.start(hasStandardError: true)
    }

    for _ in 1...2 {
      let answer = try handler.answer(second)
      #expect(answer?.status == 500)
      #expect(answer?["error"] == "database_error")
      let lines = answer?.standardError.split(separator: "\n").filter { $0.contains(" request ") }
      try expectLine(lines?.joined(separator: "\n"), telling: example.fault)
    }
    if !example.comesWhileRunning && example.fault.isToldAtStart {
      let lines = handler.process.log.split(separator: "\n")
      try expectLine(
        lines.first { $0.contains("the database is not ready") }.map(String.init), telling: example.fault)
    }

    try example.fault.cure(site)
    let database = DatabaseFile(site.database)
    #expect(try database.rows("SELECT id FROM users") == [["user_1"]])
    #expect(try handler.answer(second)?["outcome"] == "applied")
    #expect(try handler.answer(first)?["outcome"] == "duplicate")
    #expect(try handler.isHealthy())
    #expect(try database.rows("SELECT id FROM users ORDER BY id") == [["user_1"], ["user_2"]])
    #expect(try database.rows("PRAGMA integrity_check") == [["ok"]])
  }

  /// Expects one line with the fault and its remedy.
  private func expectLine(_ log: String?, telling fault: Fault) throws {
    let log = try #require(log)
    #expect(log.split(separator: "\n").count == 1)
    #expect(log.contains(" error "), "\(log)")
    // The start reads before it writes.
    #expect(log.contains(fault.words) || log.contains("app.db cannot be written"), "\(log)")
    #expect(log.contains(fault.advice), "\(log)")
  }
}
