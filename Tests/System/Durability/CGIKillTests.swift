import Foundation
import Synchronization
import TestSupport
import Testing

/// Tests of killed CGI processes: web servers kill a process that takes too long.
@Suite(.load) struct CGIKillTests {
  private final class Counts: Sendable {
    let kills = Atomic(0)
    let killsInTransaction = Atomic(0)

    var areEnough: Bool {
      kills.load(ordering: .relaxed) >= 60 && killsInTransaction.load(ordering: .relaxed) > 0
    }
  }

  private let folder: TemporaryFolder
  private let load = Load()
  private let counts = Counts()

  init() throws {
    folder = try TemporaryFolder(inMemory: true)
  }

  @Test(arguments: JournalMode.allCases)
  func `CGI processes killed under load neither lose nor repeat a delivery`(mode: JournalMode) throws {
    let database = try LoadedDatabase(folder.file("app.db"), mode: mode)
    let programs = try (0..<3).map { _ in
      CGIProgram(in: try TemporaryFolder(inMemory: true), environment: ["CLERK_SYNC_DATABASE": database.path])
    }
    try load.run(clients: 3) { [load, counts] client, delivery in
      let process = try programs[client].start(delivery.parameters, body: delivery.body)
      if counts.areEnough || load.random(in: 0...3) == 0 {
        #expect(process.exitStatus() == 0)
      } else {
        kill(process, journal: mode.journal(of: database.path))
      }
      // A web server passes on the output written before the kill.
      return try programs[client].writtenAnswer(of: process)
    } while: { [counts] in
      #expect(eventually { counts.areEnough })
    }
    #expect(load.tally.unanswered > 0, load.seed)
    #expect(counts.killsInTransaction.load(ordering: .relaxed) > 0, load.seed)
    #expect(load.tally.refused.map(\.standardError) == [], load.seed)
    try database.expectEquals(load)
  }

  @Test func `A killed first use does not block the second`() throws {
    var killed = 0
    var attempts = 0
    // On a loaded machine most processes end before the signal is sent.
    while killed < 10, attempts < 300 {
      attempts += 1
      let program = CGIProgram(in: try TemporaryFolder(inMemory: true))
      let database = program.folder.file("app.db")
      let delivery = try SignedDelivery(Payload.user(id: "user_1"))
      let process = try program.start(delivery.parameters, body: delivery.body)
      while process.isRunning, !FileManager.default.fileExists(atPath: database) {}
      usleep(load.random(in: 0...3_000))
      process.send(SIGKILL)
      if process.diesOfSignal() { killed += 1 }
      #expect(try program.answer(delivery)?.status == 200, load.seed)
      #expect(try DatabaseFile(database).rows("SELECT id FROM users") == [["user_1"]], load.seed)
    }
    #expect(killed > 0, load.seed)
  }

  /// Kills the process at a random moment; most are let into their transaction first, which is a small part
  /// of their time.
  private func kill(_ process: ChildProcess, journal: String) {
    if load.random(in: 0...2) > 0 {
      while process.isRunning, !process.hasOpen(journal) {}
      usleep(load.random(in: 0...2_000))
    } else {
      usleep(load.random(in: 0...50_000))
    }
    let isInTransaction = process.hasOpen(journal)
    process.send(SIGKILL)
    guard process.diesOfSignal() else { return }
    counts.kills.add(1, ordering: .relaxed)
    if isInTransaction { counts.killsInTransaction.add(1, ordering: .relaxed) }
  }
}
