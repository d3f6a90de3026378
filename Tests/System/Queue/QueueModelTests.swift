import Foundation
import TestSupport
import Testing

/// The model of the handler also holds with a queue behind it.
@Suite(.load) struct QueueModelTests {
  @Test func `Two workers on one queue end in Clerk's state`() throws {
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
    #expect(try site.isDrained(), "CLERK_SYNC_SEED=\(seed)")

    #expect(
      try site.database.differences(from: Set(histories.flatMap(\.users))) == [], "CLERK_SYNC_SEED=\(seed)")
    let outcomes = try site.outcomes()
    #expect(Set(outcomes.keys) == Set(messages.map(\.id)), "CLERK_SYNC_SEED=\(seed)")
    #expect(!outcomes.values.contains("failed"), "CLERK_SYNC_SEED=\(seed)")
    let processed = { (outcome: String) in workers.reduce(0) { $0 + $1.log.total(of: outcome) } }
    // The last batches may not be logged yet.
    #expect(
      eventually { processed("applied") + processed("stale") + processed("ignored") == messages.count },
      "each is processed exactly once; CLERK_SYNC_SEED=\(seed)")
    #expect(try site.redis.command("EXISTS", "{clerk-sync:deliveries}:dead") == "0")
    #expect(try site.redis.command("EXISTS", "{clerk-sync:deliveries}:tries") == "0")
  }

  @Test func `Two workers end in Clerk's state with organizations`() throws {
    let seed = SplitMix64.seed
    var random = SplitMix64(seed: seed)
    let tables = RandomOrganizations(using: &random)
    let histories = (0..<8).map { OrganizationHistory("\($0)x", steps: 40, using: &random) }
    let messages = histories.flatMap(\.messages)
    let site = try QueueSite()
    try ApplicationSchema.run(tables.schema, at: site.folder.file("app.db"))
    let environment = ["CLERK_SYNC_TABLES": try site.folder.write(tables.mapping, to: "tables.json5")]
    let workers = try (1...2).map {
      try site.startWorker("--batch", "20", log: "worker\($0).log", environment: environment)
    }

    var sender = SvixSender(using: &random)
    let unanswered = try sender.deliver(messages, threads: 8) { message in
      try site.handler.accepts(SignedDelivery(Array(message.payload.utf8), id: message.id))
    }
    #expect(unanswered.map(\.payload) == [], "CLERK_SYNC_SEED=\(seed)")
    #expect(try site.isDrained(), "CLERK_SYNC_SEED=\(seed)")
    #expect(
      try tables.differences(from: histories, at: site.folder.file("app.db")) == [],
      "CLERK_SYNC_SEED=\(seed), \(tables.description)")
    #expect(try site.outcomes().keys.sorted() == messages.map(\.id).sorted(), "CLERK_SYNC_SEED=\(seed)")
    #expect(workers.allSatisfy { $0.isRunning })
    #expect(try site.redis.command("EXISTS", "{clerk-sync:deliveries}:dead") == "0")
  }
}
