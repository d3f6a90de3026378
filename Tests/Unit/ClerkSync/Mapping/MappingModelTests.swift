import Synchronization
import TestSupport
import Testing

@testable import ClerkSync

/// A mapped table ends as the model says, whatever the mapping, and whatever happens to the deliveries.
@Suite struct MappingModelTests {
  @Test(arguments: JournalMode.allCases, [1, 8])
  func `Random tables end in Clerk's state`(mode: JournalMode, threads: Int) throws {
    let seed = SplitMix64.seed
    var random = SplitMix64(seed: seed)
    for number in 0..<10 {
      let table = RandomTable(now: Int(UserStore.now), using: &random)
      let histories = (0..<2).map { ClerkHistory("\($0)", users: 8, losesAddresses: true, using: &random) }
      let problems = try deliver(
        histories.flatMap(\.messages), to: table, mode, threads: threads, using: &random)
      #expect(problems == [], "CLERK_SYNC_SEED=\(seed), table \(number): \(table.description)")
    }
  }

  /// Returns what is wrong after the delivery.
  private func deliver(
    _ messages: [ClerkMessage], to table: RandomTable, _ mode: JournalMode, threads: Int,
    using random: inout SplitMix64
  ) throws -> [String] {
    let database = try MappedDatabase(
      "PRAGMA journal_mode = \(mode == .wal ? "WAL" : "DELETE"); \(table.schema)", table.mapping)
    try table.insertOldRows(for: messages, at: database.path)
    let (store, mapping) = (database.store, database.mapping)
    let effective = Mutex<[String]>([])
    let refused = Mutex<Set<String>>([])
    var sender = SvixSender(using: &random)
    let unanswered = try sender.deliver(messages, threads: threads, rounds: 30) { message in
      do {
        let event = try Event.decode(message.profilePayload, mapping, id: message.id)
        if try store.apply(event) != .duplicate { effective.withLock { $0.append(message.id) } }
        return true
      } catch let error as EventError {
        let delivery = Delivery(id: message.id, type: error.type, objectID: error.userID)
        try store.recordRefusal(of: delivery, reason: "no_primary_email", time: error.version)
        refused.withLock { _ = $0.insert(message.id) }
        return true
      } catch StoreError.emailTaken {
        return false
      }
    }
    var problems = Set(unanswered.map { "pending: \($0.id) \($0.user.id) \($0.kind) \($0.user.email)" })
      .sorted()
    let processed = effective.withLock { $0 } + refused.withLock { Array($0) }
    if unanswered.isEmpty, processed.sorted() != messages.map(\.id).sorted() {
      problems.append("not each message was processed exactly once")
    }
    problems += try table.differences(from: messages, at: database.path)
    return problems + (try drift(of: messages, in: store))
  }

  /// Returns the users at Clerk in whom a comparison with the table finds a difference.
  private func drift(of messages: [ClerkMessage], in store: UserStore) throws -> [String] {
    let users = Dictionary(grouping: messages, by: \.user.id).values.compactMap { events -> String? in
      let isDeleted = events.contains { $0.kind == .deleted }
      return isDeleted ? nil : events.max(by: ClerkMessage.happenedBefore).map { ClerkProfile($0).data }
    }
    let listed = try BackendObject.list(
      decoding: Array("[\(users.joined(separator: ","))]".utf8), mapping: store.mapping)
    let usable = listed.compactMap { try? $0.get() }
    return zip(usable, try store.compare(usable)).compactMap { user, comparison in
      comparison == .equal(isRecorded: true) ? nil : "\(user.id) is \(comparison)"
    }
  }
}
