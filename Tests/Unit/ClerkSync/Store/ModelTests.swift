import ClerkSync
import Synchronization
import TestSupport
import Testing

/// The table ends equal to Clerk's users, whatever happens to the deliveries.
@Suite struct ModelTests {
  @Test(arguments: JournalMode.allCases, [1, 8])
  func `The histories of a thousand users end in Clerk's state`(mode: JournalMode, threads: Int) throws {
    let seed = SplitMix64.seed
    var random = SplitMix64(seed: seed)
    let histories = (0..<125).map { ClerkHistory("\($0)", users: 8, using: &random) }
    let messages = histories.flatMap(\.messages)
    let folder = try TemporaryFolder(inMemory: true)
    let database = folder.file("app.db")
    try mode.makeDatabase(at: database)
    let store = UserStore(database: database)

    let effective = Mutex<[String]>([])

    var sender = SvixSender(using: &random)
    let unanswered = try sender.deliver(messages, threads: threads) { message in
      let event = Event(message)
      do throws(StoreError) {
        if try store.apply(event) != .duplicate { effective.withLock { $0.append(message.id) } }
        return true
      } catch {
        guard case .emailTaken = error else { throw error }
        return false
      }
    }

    let file = DatabaseFile(database)
    #expect(Set(unanswered.map(\.id)) == [], "CLERK_SYNC_SEED=\(seed)")
    #expect(
      effective.withLock { $0.sorted() } == messages.map(\.id).sorted(),
      "each is dealt with exactly once; CLERK_SYNC_SEED=\(seed)")
    #expect(
      try file.differences(from: Set(histories.flatMap(\.users))) == [], "CLERK_SYNC_SEED=\(seed)")
    #expect(
      try file.rows("SELECT svix_id FROM clerk_sync_deliveries WHERE outcome <> 'failed'").count
        == messages.count, "CLERK_SYNC_SEED=\(seed)")
    #expect(
      try file.rows("SELECT svix_id FROM clerk_sync_deliveries WHERE outcome = 'failed'").isEmpty,
      "CLERK_SYNC_SEED=\(seed)")
  }
}
