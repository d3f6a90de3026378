import ClerkSync
import TestSupport
import Testing

/// Whatever happens to the deliveries, the table ends as Clerk's users do.
@Suite struct ModelTests {
  @Test(arguments: JournalMode.allCases, [1, 8])
  func `A thousand users' histories end as at Clerk`(mode: JournalMode, threads: Int) throws {
    let seed = SplitMix64.seed
    var random = SplitMix64(seed: seed)
    let histories = (0..<125).map { ClerkHistory("\($0)", users: 8, using: &random) }
    let messages = histories.flatMap(\.messages)
    let folder = try TemporaryFolder(inMemory: true)
    let database = folder.file("app.db")
    try mode.makeDatabase(at: database)
    let store = UserStore(database: database)

    var sender = SvixSender(using: &random)
    let unanswered = try sender.deliver(messages, threads: threads) { message in
      let event = Event(message)
      do throws(StoreError) {
        _ = try store.apply(event)
        return true
      } catch .emailTaken {
        store.recordFailure(of: event.delivery, reason: "email taken")
        return false
      }
    }

    let file = DatabaseFile(database)
    #expect(unanswered.isEmpty, "CLERK_SYNC_SEED=\(seed)")
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
