import SQLite
import Synchronization
import TestSupport
import Testing

@testable import ClerkSync

/// Users, organizations and memberships end as at Clerk, whatever the tables, and whatever happens to the deliveries.
@Suite struct OrganizationModelTests {
  @Test(arguments: JournalMode.allCases, [1, 8])
  func `Random organizations end in Clerk's state`(mode: JournalMode, threads: Int) throws {
    let seed = SplitMix64.seed
    var random = SplitMix64(seed: seed)
    for number in 0..<10 {
      let tables = RandomOrganizations(using: &random)
      let histories = (0..<3).map { OrganizationHistory("\(number)h\($0)x", steps: 40, using: &random) }
      let database = try MappedDatabase(
        "PRAGMA journal_mode = \(mode == .wal ? "WAL" : "DELETE"); \(tables.schema)", tables.mapping,
        recordsChanges: true)
      let (store, mapping) = (database.store, database.mapping)
      let messages = histories.flatMap(\.messages)
      let effective = Mutex<[String]>([])
      var sender = SvixSender(using: &random)
      let unanswered = try sender.deliver(messages, threads: threads) { message in
        do {
          let event = try Event.decode(message.payload, mapping, id: message.id)
          if try store.apply(event) != .duplicate { effective.withLock { $0.append(message.id) } }
          return true
        } catch StoreError.awaiting {
          return false
        } catch StoreError.sqlite(let error, _) where error.isUniqueViolation {
          return false
        }
      }
      let hint = "CLERK_SYNC_SEED=\(seed), tables \(number): \(tables.description)"
      #expect(unanswered.map(\.payload) == [], "\(hint)")
      #expect(effective.withLock { $0.sorted() } == messages.map(\.id).sorted(), "\(hint)")
      #expect(try tables.differences(from: histories, at: database.path) == [], "\(hint)")
      let replay = try database.replayChanges()
      #expect(replay.contradictions == [], "\(hint)")
      let living = histories.flatMap { history in
        history.users.keys.map { "user \($0)" } + history.organizations.keys.map { "organization \($0)" }
          + history.memberships.keys.map { "organizationMembership \($0)" }
      }
      #expect(replay.objects == Set(living), "\(hint)")
    }
  }
}
