import Testing

@testable import ClerkSync
@testable import Queue

@Suite struct WaitingEntriesTests {
  private static let obstacle = Obstacle.address("ada@example.org", neededBy: "user_1")
  private var waiting = WaitingEntries()

  @Test mutating func `An entry is due after its pause, which doubles with each attempt`() throws {
    for (tries, pause) in [
      (1, 1), (2, 2), (3, 4), (10, 512), (13, 4096), (14, 7200), (25, 7200), (10_000, 7200),
    ] {
      let start = ContinuousClock.now
      waiting.wait("1-0", tries: tries, for: nil)
      let due = try #require(waiting.nextDue)
      #expect((start + .seconds(pause)...(.now + .seconds(pause))).contains(due))
    }
  }

  @Test mutating func `An attempt counts only once the entry's pause has elapsed`() {
    #expect(waiting.counts("1-0"))
    waiting.wait("1-0", tries: 10, for: Self.obstacle)
    #expect(!waiting.counts("1-0"))
    #expect(waiting.ready(10).isEmpty)
    #expect(waiting.obstacles == ["1-0": Self.obstacle])
    waiting.free(["1-0"])
    #expect(waiting.ready(10) == ["1-0"])
    #expect(waiting.obstacles.isEmpty)
    #expect(!waiting.counts("1-0"))
    waiting.wait("1-0", for: Self.obstacle)
    #expect(waiting.ready(10).isEmpty)
    #expect(waiting.obstacles == ["1-0": Self.obstacle])
  }

  @Test mutating func `An entry whose try could not be counted waits for half a minute`() throws {
    let start = ContinuousClock.now
    waiting.waitUncounted("1-0", for: Self.obstacle)
    let due = try #require(waiting.nextDue)
    #expect((start + .seconds(30)...(.now + .seconds(30))).contains(due))
    #expect(waiting.obstacles == ["1-0": Self.obstacle])
    #expect(!waiting.counts("1-0"))
  }

  @Test func `An address is free once no other user has it`() throws {
    let database = try TestDatabase()
    try database.store.create(.ada("user_1", email: "one@example.org"))
    try database.store.create(.ada("user_2", email: "two@example.org"))
    let addresses: [String: Obstacle] = [
      "1-0": .address("one@example.org", neededBy: "user_2"),
      "2-0": .address("two@example.org", neededBy: "user_2"),
      "3-0": .address("three@example.org", neededBy: "user_2"),
    ]
    #expect(try Set(database.store.overcome(addresses)) == ["2-0", "3-0"])
    try database.store.delete("user_1")
    #expect(try Set(database.store.overcome(addresses)) == ["1-0", "2-0", "3-0"])
  }

  @Test mutating func `Ready entries come in the order of the queue`() {
    for id in ["1700000000000-10", "1700000000000-9", "999-0", "junk"] {
      waiting.wait(id, tries: 10, for: Self.obstacle)
    }
    waiting.free(waiting.ids)
    #expect(waiting.ready(3) == ["junk", "999-0", "1700000000000-9"])
    #expect(waiting.ids.last == "1700000000000-10")
    waiting.remove(["junk", "999-0", "1700000000000-9"])
    #expect(waiting.ready(3) == ["1700000000000-10"])
    #expect(!waiting.isEmpty)
  }

  @Test func `A backoff grows to half a minute and can be reset`() {
    var pause = Backoff(first: .milliseconds(500), longest: .seconds(30))
    #expect(!pause.isUnderWay)
    let pauses = (0..<8).map { _ in pause.next() }
    #expect(pauses == [0.5, 1, 2, 4, 8, 16, 30, 30].map { Duration.seconds($0) })
    #expect(pause.isUnderWay)
    pause.reset()
    #expect(pause.next() == .milliseconds(500))
  }
}
