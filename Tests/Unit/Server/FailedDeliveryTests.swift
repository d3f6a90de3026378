import TestSupport
import Testing

@testable import ClerkSync

@Suite struct FailedDeliveryTests {
  private static let now = "\(TestApplication.now)000"
  private let application: TestApplication

  init() throws {
    application = try TestApplication()
  }

  @Test(arguments: [
    ("not JSON", "NULL NULL 'refused' 'malformed_event: the body is not JSON'"),
    (
      UserEvent(data: ["last_name": "[]"]).body,
      "NULL NULL 'refused' 'malformed_event: data.last_name is not a string'"
    ),
    (
      UserEvent(data: ["primary_email_address_id": "null"]).body,
      "'user.created' 'user_1' 'refused' "
        + "'no_primary_email: no address in email_addresses has the primary_email_address_id'"
    ),
    (
      UserEvent("user.deleted", data: ["id": nil]).body,
      "'user.deleted' NULL 'refused' 'no_user_id: data.id is missing or empty'"
    ),
  ])
  func `A delivery that cannot be applied is in the ledger with its known fields`(
    body: String, entry: String
  ) throws {
    for attempt in 1...2 {
      #expect(try application.respond(body).status == 400)
      #expect(
        try application.database.ledger() == ["'msg_1' \(entry) \(attempt) \(Self.now) \(Self.now)"])
    }
    #expect(try application.database.users() == [])
  }

  @Test(arguments: [
    ("ins_dev", "the event''s instance_id is not that of CLERK_SYNC_INSTANCE"),
    (nil, "the event has no instance_id"),
  ])
  func `An event of another instance is refused whatever it says, without its user`(
    instance: String?, reason: String
  ) throws {
    let setting = [("CLERK_SYNC_INSTANCE", "ins_prod")]
    let envelope = ["instance_id": instance.map { "\"\($0)\"" }]
    for (type, data) in [
      ("user.created", [:]), ("user.deleted", [:]), ("session.created", [:]), ("user.updated", ["id": nil]),
    ] as [(String, [String: String?])] {
      let id = "msg_\(type.replacing(".", with: "_"))"
      let delivery = try TestApplication.delivery(
        UserEvent(type, data: data, envelope: envelope).body, id: id)
      #expect(try application.respond(delivery, setting).body["error"] == "wrong_instance")
      let entry = "'\(id)' '\(type)' NULL 'refused' 'wrong_instance: \(reason)"
      let ledger = try application.database.ledger()
      #expect(ledger.contains { $0?.hasPrefix(entry) == true }, "\(ledger)")
    }
    #expect(try application.database.users() == [])
    #expect(try application.database.column("SELECT count(*) FROM clerk_sync_versions") == ["0"])
  }

  @Test func `An event of the expected instance is applied, and a refused one once the setting is corrected`()
    throws
  {
    let delivery = try TestApplication.delivery(UserEvent(envelope: ["instance_id": #""ins_prod""#]).body)
    let wrong = try application.respond(delivery, [("CLERK_SYNC_INSTANCE", "ins_other")])
    #expect(wrong.body["error"] == "wrong_instance")
    #expect(
      try application.respond(delivery, [("CLERK_SYNC_INSTANCE", "ins_prod")]).body["outcome"] == "applied")
    #expect(try application.database.column("SELECT outcome FROM clerk_sync_deliveries") == ["applied"])
  }

  @Test func `A refused user is stored by the next event, which clears the refusal`() throws {
    let refused = UserEvent(data: ["primary_email_address_id": "null"]).body
    #expect(try respond(refused, "msg_1").status == 400)
    let next = Payload.user("user.updated", id: "user_1", updatedAt: 1_654_012_591_836)
    #expect(try respond(next, "msg_2").body["outcome"] == "applied")
    #expect(try application.database.ledger().first?.map { $0.contains("'stale' NULL 1") } == true)
    #expect(try application.database.users().count == 1)
    // It is older than the row now, but the sender learns all the same that it cannot be applied.
    #expect(try respond(refused, "msg_3").status == 400)
    #expect(try application.database.ledger().last?.map { $0.contains("'stale' NULL 1") } == true)
  }

  @Test func `A delivery with a taken address fails until the other user's event frees it`() throws {
    let taken = "ada@example.org"
    #expect(try respond(Payload.user(id: "user_1", email: taken), "msg_1").status == 200)
    let second = Payload.user(id: "user_2", email: taken)
    for attempt in 1...2 {
      let exchange = try respond(second, "msg_2")
      #expect(exchange.status == 500)
      #expect(exchange.body["error"] == "database_error")
      let entry = try #require(try application.database.ledger().last ?? nil)
      #expect(entry.hasPrefix("'msg_2' 'user.created' 'user_2' 'failed' 'database_error: "))
      #expect(entry.contains("belongs to user_1,"))
      #expect(!entry.contains("ada@"))
      #expect(entry.hasSuffix(" \(attempt) \(Self.now) \(Self.now)"))
    }

    let freeing = Payload.user("user.updated", id: "user_1", updatedAt: 1_654_012_591_836)
    #expect(try respond(freeing, "msg_3").body["outcome"] == "applied")
    #expect(try respond(second, "msg_2").body["outcome"] == "applied")
    #expect(
      try application.database.column("SELECT id || ' ' || email FROM users ORDER BY id") == [
        "user_1 user_1@example.org", "user_2 ada@example.org",
      ])
    #expect(
      try application.database.ledger()[1]
        == "'msg_2' 'user.created' 'user_2' 'applied' NULL 3 \(Self.now) \(Self.now)")
  }

  @Test func `An unverified delivery writes nothing, even under the id of another message`() throws {
    #expect(try respond(Payload.user(id: "user_1"), "msg_1").status == 200)
    let before = try application.database.bytes()
    for id in ["msg_1", "msg_2"] {
      let delivery = try TestApplication.delivery(Payload.deleted(id: "user_1"), id: id)
      for header in ["ID", "TIMESTAMP", "SIGNATURE"].map({ "HTTP_SVIX_\($0)" }) {
        for value in ["", "1", "v1,\(String(repeating: "A", count: 43))="] {
          #expect(try application.respond(delivery, [(header, value)]).status == 400)
        }
      }
      var forged = delivery
      forged.body = Array(Payload.deleted(id: "user_2").utf8)
      #expect(try application.respond(forged).status == 400)
    }
    #expect(try application.database.bytes() == before)
  }

  private func respond(_ body: String, _ id: String) throws -> Exchange {
    try application.respond(TestApplication.delivery(body, id: id))
  }
}
