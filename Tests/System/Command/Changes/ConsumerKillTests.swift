import Foundation
import Synchronization
import TestSupport
import Testing

/// Tests of SIGKILL for a consumer, after which only its position in the database counts.
@Suite(.load) struct ConsumerKillTests {
  /// Appends the change to a file, and makes an effect that a repetition does not change.
  private static let command = """
    read -r change && printf '%s\\n' "$change" >>out && sqlite3 -cmd '.timeout 60000' effects.db \
    "INSERT OR IGNORE INTO effects (seq, id) VALUES ('$change' ->> 'seq', '$change' ->> 'id')"
    """

  @Test func `A consumer killed while events arrive handles each change, in order`() throws {
    let seed = SplitMix64.seed
    let random = Mutex(SplitMix64(seed: seed))
    let site = try ConsumingSite()
    let folder = site.folder
    let handler = try Handler(in: folder, environment: ["CLERK_SYNC_CHANGES": "on"])
    try ApplicationSchema.run(
      "CREATE TABLE effects (place INTEGER PRIMARY KEY, seq INTEGER UNIQUE, id TEXT)",
      at: folder.file("effects.db"))
    let start = { @Sendable in
      try Command.start(
        ["changes", "--consumer", "crm", "--from", "start", "--exec", Self.command],
        environment: ["CLERK_SYNC_DATABASE": folder.file("app.db")], in: folder)
    }
    let count = { @Sendable in site.lines(of: "out", in: folder).count }
    let isOver = Atomic(false)
    let delivered = Atomic(0)
    try inThreads(2) { thread in
      if thread == 0 {
        var number = 0
        while !isOver.load(ordering: .relaxed) {
          guard number < count() + 20 else {
            usleep(1000)
            continue
          }
          let body = Payload.user(
            number < 7 ? "user.created" : "user.updated", id: "user_\(number % 7)",
            firstName: "Ada \(number)",
            updatedAt: 1_654_012_591_835 + number)
          #expect(try handler.accepts(SignedDelivery(body)))
          number += 1
        }
        delivered.store(number, ordering: .relaxed)
      } else {
        defer { isOver.store(true, ordering: .relaxed) }
        #expect(eventually { (try? site.reading.database.rows("SELECT 1 FROM clerk_sync_changes")) != nil })
        for kill in 1...60 {
          let before = count()
          let process = try start()
          // Every third one is killed wherever it is, perhaps at its start.
          if !kill.isMultiple(of: 3) { #expect(eventually { count() > before }) }
          usleep(random.withLock { UInt32.random(in: 0...60_000, using: &$0) })
          process.send(SIGKILL)
          #expect(process.diesOfSignal())
        }
      }
    }
    let rest = try Command.run(
      ["changes", "--consumer", "crm", "--once", "--exec", Self.command],
      environment: ["CLERK_SYNC_DATABASE": folder.file("app.db")], in: folder)
    #expect(rest.status == 0, "\(rest.errors)")

    let total = delivered.load(ordering: .relaxed)
    let feed = try site.reading.database.rows(
      "SELECT seq, id FROM clerk_sync_changes ORDER BY seq", columns: 2)
    #expect(feed.count == total)
    // An effect once for each change, made in their order, although some were handled twice.
    let effects = try DatabaseFile(folder.file("effects.db")).rows(
      "SELECT seq, id FROM effects ORDER BY place", columns: 2)
    #expect(effects == feed, "CLERK_SYNC_SEED=\(seed)")
    #expect(try site.failed("crm").isEmpty)
  }
}
