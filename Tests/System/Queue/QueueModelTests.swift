import Foundation
import TestSupport
import Testing

/// What the model says of the handler alone holds with a queue behind it.
@Suite(.load) struct ModelTests {
  @Test func `Histories that two workers take from a queue end as at Clerk`() throws {
    let seed = SplitMix64.seed
    var random = SplitMix64(seed: seed)
    let histories = (0..<65).map { ClerkHistory("\($0)", users: 8, using: &random) }
    let messages = histories.flatMap(\.messages)
    let site = try QueueSite()
    let workers = try (1...2).map { try site.startWorker("--batch", "20", log: "worker\($0).log") }

    var sender = SvixSender(using: &random)
    let unanswered = try sender.deliver(messages, threads: 8) { message in
      try site.handler.accepts(SignedDelivery(Array(message.payload.utf8), id: message.id))
    }
    #expect(Set(unanswered.map(\.id)) == [], "CLERK_SYNC_SEED=\(seed)")
    #expect(try site.isWorkedOff(), "CLERK_SYNC_SEED=\(seed)")

    #expect(
      try site.database.differences(from: Set(histories.flatMap(\.users))) == [], "CLERK_SYNC_SEED=\(seed)")
    let outcomes = try site.outcomes()
    #expect(Set(outcomes.keys) == Set(messages.map(\.id)), "CLERK_SYNC_SEED=\(seed)")
    #expect(!outcomes.values.contains("failed"), "CLERK_SYNC_SEED=\(seed)")
    let dealtWith = ["applied", "stale", "ignored"].map { outcome in
      workers.reduce(0) { $0 + $1.log.total(of: outcome) }
    }
    #expect(
      dealtWith.reduce(0, +) == messages.count,
      "each is dealt with exactly once; CLERK_SYNC_SEED=\(seed)")
    #expect(try site.redis.command("EXISTS", "{clerk-sync:deliveries}:dead") == "0")
    #expect(try site.redis.command("EXISTS", "{clerk-sync:deliveries}:tries") == "0")
  }
}
