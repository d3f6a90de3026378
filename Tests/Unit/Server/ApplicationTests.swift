import ClerkSync
import Foundation
import TestSupport
import Testing

@Suite struct ApplicationTests {
  private let application: TestApplication

  init() throws {
    application = try TestApplication()
  }

  @Test func `A user is created, updated and deleted`() throws {
    for (body, user) in [
      (
        Payload.user(id: "user_1"),
        "'user_1' 'user_1@example.org' 'Ada' 'Lovelace' '' NULL 'client' 1700000000000 1700000000000"
      ),
      (
        Payload.user("user.updated", id: "user_1", email: "new@example.org", role: "admin"),
        "'user_1' 'new@example.org' 'Ada' 'Lovelace' '' NULL 'admin' 1700000000000 1700000000000"
      ),
      (Payload.deleted(id: "user_1"), nil),
    ] {
      let delivery = try TestApplication.delivery(body, id: "msg_\(body.count)")
      let exchange = try application.respond(delivery)
      #expect(exchange.status == 200)
      #expect(exchange.body == ["outcome": "applied", "id": delivery.id])
      #expect(exchange.headers == Exchange.commonHeaders)
      #expect(try application.database.users() == (user.map { [$0] } ?? []))
    }
  }

  @Test(arguments: [
    "user.created.docs", "user.created.dashboard", "user.updated.dashboard", "user.deleted.dashboard",
  ])
  func `Clerk's examples are applied byte for byte`(name: String) throws {
    let delivery = try SignedDelivery(Payload.example(name), timestamp: "\(TestApplication.now)")
    let exchange = try application.respond(delivery)
    #expect(exchange.body == ["outcome": "applied", "id": delivery.id])
    #expect(try application.database.users().count == (name == "user.deleted.dashboard" ? 0 : 1))
  }

  @Test func `An event that is not a user's is ignored`() throws {
    let exchange = try application.respond(#"{"type":"session.created","data":{"id":"sess_1"}}"#)
    #expect(exchange.status == 200)
    #expect(exchange.body == ["outcome": "ignored", "id": "msg_1"])
    #expect(exchange.log["outcome"] == "ignored")
  }

  @Test func `The log has one line for the request, without personal data`() throws {
    let exchange = try application.respond(Payload.user(id: "user_1"))
    var log = exchange.log
    #expect(log.removeValue(forKey: "time") != nil)
    #expect(log.removeValue(forKey: "us").flatMap { Int($0) } != nil)
    #expect(
      log == [
        "level": "info", "message": "request", "outcome": "applied", "status": "200", "svix_id": "msg_1",
        "type": "user.created", "user": "user_1",
      ])
    #expect(!exchange.text.contains("example.org") && !exchange.text.contains("Lovelace"))
  }

  @Test func `An unknown role is applied with a warning that does not repeat it`() throws {
    let exchange = try application.respond(Payload.user(id: "user_1", role: "emperor"))
    #expect(exchange.body["outcome"] == "applied")
    #expect(exchange.log["level"] == "warning")
    #expect(exchange.log["reason"] == "public_metadata.role is none of CLERK_SYNC_ROLES; stored as client")
    #expect(!exchange.text.contains("emperor"))
    #expect(try application.database.column("SELECT role FROM users") == ["client"])
  }

  @Test func `A value that is nested too deeply counts as null, with a warning`() throws {
    let deep = String(repeating: "[", count: 600) + String(repeating: "]", count: 600)
    let body = Payload.user(id: "user_1", role: "emperor")
      .replacing(#""data":{"#, with: #""data":{"unsafe_metadata":{"a":\#(deep)},"#)
    let exchange = try application.respond(body)
    #expect(exchange.body["outcome"] == "applied")
    #expect(exchange.log["level"] == "warning")
    #expect(
      exchange.log["reason"]
        == "public_metadata.role is none of CLERK_SYNC_ROLES; stored as client; JSON nested deeper than 100 levels "
        + "counts as null: data.unsafe_metadata.a.0.0.0…")
    #expect(try application.database.column("SELECT id FROM users") == ["user_1"])
  }

  @Test func `The unbranded headers are accepted, and their id is logged`() throws {
    for (id, emptied) in [("msg_1", false), ("msg_2", true)] {
      let delivery = try TestApplication.delivery(Payload.user(id: "user_1"), id: id)
      var parameters = delivery.parameters.filter { !$0.0.hasPrefix("HTTP_SVIX_") }
      if emptied { parameters += ["ID", "TIMESTAMP", "SIGNATURE"].map { ("HTTP_SVIX_\($0)", "") } }
      parameters += [
        ("HTTP_WEBHOOK_ID", delivery.id), ("HTTP_WEBHOOK_TIMESTAMP", delivery.timestamp),
        ("HTTP_WEBHOOK_SIGNATURE", delivery.signature),
      ]
      let exchange = try application.respond(parameters, body: delivery.body)
      #expect(exchange.body["outcome"] == "applied")
      #expect(exchange.log["svix_id"] == id)
    }
  }

  @Test func `With both families of headers, the verified id is logged`() throws {
    let delivery = try TestApplication.delivery(Payload.user(id: "user_1"))
    #expect(try application.respond(delivery, [("HTTP_WEBHOOK_ID", "msg_2")]).log["svix_id"] == "msg_1")
  }

  @Test func `During a rotation either secret is accepted`() throws {
    let old = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
    let rotating = try TestApplication([("CLERK_WEBHOOK_SIGNING_SECRET", "\(old) \(SignedDelivery.secret)")])
    for secret in [old, SignedDelivery.secret] {
      let delivery = try TestApplication.delivery(Payload.user(id: "user_1"), secret: secret)
      #expect(try rotating.respond(delivery).body["outcome"] == (secret == old ? "applied" : "duplicate"))
    }
  }

  @Test func `The web server may give each location its own secret and database`() throws {
    let other = try TestDatabase("other.db")
    let secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
    let settings = [("CLERK_WEBHOOK_SIGNING_SECRET", secret), ("CLERK_SYNC_DATABASE", other.path)]
    let delivery = try TestApplication.delivery(Payload.user(id: "user_1"), secret: secret)
    #expect(try application.respond(delivery, settings).body["outcome"] == "applied")
    #expect(try other.users().count == 1)
    #expect(try application.respond(delivery).body["error"] == "invalid_signature")
  }

  @Test func `Request headers set nothing`() throws {
    let secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
    let delivery = try TestApplication.delivery(Payload.user(id: "user_1"), secret: secret)
    let exchange = try application.respond(
      delivery, [("HTTP_CLERK_WEBHOOK_SIGNING_SECRET", secret), ("HTTP_CLERK_WEBHOOK_SECRET", secret)])
    #expect(exchange.body["error"] == "invalid_signature")
  }

  @Test(arguments: ["GET", "HEAD"])
  func `The health is reported, and writes nothing`(method: String) throws {
    let before = try application.respond([("REQUEST_METHOD", method), ("SCRIPT_NAME", "/api/health")])
    #expect(before.status == 503)
    #expect(before.log["reason"]?.contains("the first delivery creates it") == true)
    #expect(!FileManager.default.fileExists(atPath: application.database.path))

    try application.database.store.prepare()
    let exchange = try application.respond([("REQUEST_METHOD", method), ("SCRIPT_NAME", "/api/health")])
    #expect(exchange.status == 200)
    #expect(exchange.body == ["status": "ok"])
    #expect(exchange.log["outcome"] == "healthy")
    #expect(try application.database.users() == [])
  }
}
