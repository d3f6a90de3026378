import Foundation
import Synchronization
import TestSupport
import Testing

/// The model of one process also holds for several processes on one listener and one database.
@Suite(.load) struct HandlerModelTests {
  @Test(arguments: JournalMode.allCases)
  func `Eight senders and three handlers end in Clerk's state`(mode: JournalMode) throws {
    let seed = SplitMix64.seed
    var random = SplitMix64(seed: seed)
    let histories = (0..<65).map { ClerkHistory("\($0)", users: 8, using: &random) }
    let messages = histories.flatMap(\.messages)
    let folder = try TemporaryFolder(inMemory: true)
    let database = folder.file("app.db")
    try mode.makeDatabase(at: database)
    let listener = try UnixSocket.listen(at: folder.file("s"))
    let handlers = try (1...3).map { try Handler(in: folder, listener: listener, log: "\($0).log") }

    let effective = Mutex<[String]>([])

    var sender = SvixSender(using: &random)
    let unanswered = try sender.deliver(messages, threads: 8) { message in
      let delivery = try SignedDelivery(Array(message.payload.utf8), id: message.id)
      let connection = try FastCGIClient(folder.file("s"))
      connection.send(FastCGIRecord.request(delivery.parameters, body: delivery.body))
      let answer = connection.answer()
      guard answer?.status == 200 else { return false }
      if answer?["outcome"] != "duplicate" { effective.withLock { $0.append(message.id) } }
      return true
    }

    let file = DatabaseFile(database)
    #expect(Set(unanswered.map(\.id)) == [], "CLERK_SYNC_SEED=\(seed)")
    #expect(
      effective.withLock { $0.sorted() } == messages.map(\.id).sorted(),
      "each is processed exactly once; CLERK_SYNC_SEED=\(seed)")
    #expect(
      try file.differences(from: Set(histories.flatMap(\.users))) == [], "CLERK_SYNC_SEED=\(seed)")
    #expect(
      try file.rows("SELECT svix_id FROM clerk_sync_deliveries WHERE outcome = 'failed'").isEmpty,
      "CLERK_SYNC_SEED=\(seed)")
    #expect(handlers.allSatisfy { $0.process.isRunning })
  }

  @Test func `Three handlers end in Clerk's state with a random table`() throws {
    let seed = SplitMix64.seed
    var random = SplitMix64(seed: seed)
    let table = RandomTable(now: nil, using: &random)
    let histories = (0..<12).map {
      ClerkHistory("\($0)", users: 8, losesAddresses: true, using: &random)
    }
    let messages = histories.flatMap(\.messages)
    let folder = try TemporaryFolder(inMemory: true)
    let database = folder.file("app.db")
    try ApplicationSchema.run(table.schema, at: database)
    try table.insertOldRows(for: messages, at: database)
    let environment = ["CLERK_SYNC_TABLES": try folder.write(table.mapping, to: "tables.json5")]
    let listener = try UnixSocket.listen(at: folder.file("s"))
    let handlers = try (1...3).map {
      try Handler(in: folder, environment: environment, listener: listener, log: "\($0).log")
    }

    var sender = SvixSender(using: &random)
    let unanswered = try sender.deliver(messages, threads: 8) { message in
      let delivery = try SignedDelivery(Array(message.profilePayload.utf8), id: message.id)
      let connection = try FastCGIClient(folder.file("s"))
      connection.send(FastCGIRecord.request(delivery.parameters, body: delivery.body))
      let answer = connection.answer()
      return answer?.status == 200 || answer?["error"] == "no_primary_email"
    }
    #expect(Set(unanswered.map(\.id)) == [], "CLERK_SYNC_SEED=\(seed), \(table.description)")
    #expect(
      try table.differences(from: messages, at: database) == [],
      "CLERK_SYNC_SEED=\(seed), \(table.description)")
    #expect(handlers.allSatisfy { $0.process.isRunning })
  }

  @Test(arguments: JournalMode.allCases)
  func `Three handlers end in Clerk's state with organizations`(mode: JournalMode) throws {
    let seed = SplitMix64.seed
    var random = SplitMix64(seed: seed)
    let tables = RandomOrganizations(using: &random)
    let histories = (0..<8).map { OrganizationHistory("\($0)x", steps: 40, using: &random) }
    let folder = try TemporaryFolder(inMemory: true)
    let database = folder.file("app.db")
    try ApplicationSchema.run(
      "PRAGMA journal_mode = \(mode == .wal ? "WAL" : "DELETE"); \(tables.schema)", at: database)
    let environment = ["CLERK_SYNC_TABLES": try folder.write(tables.mapping, to: "tables.json5")]
    let listener = try UnixSocket.listen(at: folder.file("s"))
    let handlers = try (1...3).map {
      try Handler(in: folder, environment: environment, listener: listener, log: "\($0).log")
    }

    var sender = SvixSender(using: &random)
    let unanswered = try sender.deliver(histories.flatMap(\.messages), threads: 8) { message in
      let delivery = try SignedDelivery(Array(message.payload.utf8), id: message.id)
      let connection = try FastCGIClient(folder.file("s"))
      connection.send(FastCGIRecord.request(delivery.parameters, body: delivery.body))
      return connection.answer()?.status == 200
    }
    #expect(unanswered.map(\.payload) == [], "CLERK_SYNC_SEED=\(seed), \(tables.description)")
    #expect(
      try tables.differences(from: histories, at: database) == [],
      "CLERK_SYNC_SEED=\(seed), \(tables.description)")
    #expect(handlers.allSatisfy { $0.process.isRunning })
  }
}
