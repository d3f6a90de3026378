import Foundation
import TestSupport
import Testing

/// Receivers on separate machines, one Redis, and workers beside the database.
@Suite(.load) struct SeveralMachinesTests {
  /// The minimum number of events: CLERK_SYNC_TEST_EVENTS.
  private static let events =
    ProcessInfo.processInfo.environment["CLERK_SYNC_TEST_EVENTS"].flatMap { Int($0) } ?? 20_000

  @Test(.enabled(if: Machines.canBeMade, "only root may create network namespaces"))
  func `Events sent to three receivers are neither lost nor applied twice`() throws {
    let seed = SplitMix64.seed
    var random = SplitMix64(seed: seed)
    var histories: [ClerkHistory] = []
    var messages: [ClerkMessage] = []
    while messages.count < Self.events {
      histories.append(ClerkHistory("\(histories.count)", users: 8, using: &random))
      messages += histories[histories.count - 1].messages
    }
    let comment: Comment = "CLERK_SYNC_SEED=\(seed)"

    let site = try MachineSite()
    var sender = SvixSender(using: &random)
    let unanswered = try sender.deliver(messages, threads: 24) { try site.send($0) }
    #expect(unanswered.isEmpty, comment)
    let sent = site.sent
    #expect(sent.refused == 0, comment)
    #expect(sent.accepted > messages.count, comment)
    let queued = site.receivers.map(\.queued)
    #expect(queued.reduce(0, +) == sent.accepted, comment)
    #expect(queued.allSatisfy { $0 > sent.accepted / 4 }, comment)
    #expect(site.receivers.allSatisfy { !$0.hasDatabase })

    #expect(try eventually { try site.redis("XLEN", "clerk-sync:deliveries") == "0" }, comment)
    #expect(try site.redis("KEYS", "*") == "clerk-sync:deliveries", comment)
    let users = Set(histories.flatMap(\.users))
    let differences = Array(try site.database.differences(from: users).prefix(9))
    #expect(differences == [], comment)
    let ledger = try site.database.rows("SELECT svix_id FROM clerk_sync_deliveries WHERE outcome <> 'failed'")
    let unlike = Set(ledger.compactMap(\.[0])).symmetricDifference(messages.map(\.id))
    #expect(Array(unlike.prefix(5)) == [], comment)

    // The workers' logs: each message takes effect once, and every further delivery of it is a duplicate.
    // The last batches may not be logged yet.
    let once = { ["applied", "stale", "ignored"].map { site.total(of: $0) }.reduce(0, +) }
    #expect(eventually { once() + site.total(of: "duplicate") == sent.accepted }, comment)
    #expect(once() == messages.count, comment)
    // How they share the work depends on the machine.
    #expect(site.workers.allSatisfy { $0.log.total(of: "applied") > 0 }, comment)
  }
}
