import Foundation
import TestSupport
import Testing

/// Tests of deliveries by the official Svix library through nginx and spawn-fcgi.
@Suite(.programs) struct DeliveryTests {
  private let columns: StaticString =
    "SELECT id, email, firstName, lastName, password, phone, role FROM users ORDER BY id"

  @Test(arguments: ["user.created.docs", "user.created.dashboard", "user.updated.dashboard"])
  func `Clerk's example creates a row`(example: String) throws {
    let server = try NginxServer()
    let answer = try server.answer(
      Sender.Request(url: server.url + "/api/webhooks", body: Data(Payload.example(example)), id: "msg_1"))
    #expect(answer.status == 200)
    #expect(answer.body == #"{"outcome":"applied","id":"msg_1"}"# + "\n")
    let lastName = example.contains("updated") ? "" : "Example"
    #expect(
      try DatabaseFile(server.database).rows(columns, columns: 7) == [
        ["user_29w83sxmDNGwOuEthce5gg56FcC", "example@example.org", "Example", lastName, "", nil, "client"]
      ])
  }

  @Test func `A user is created, updated and deleted, and the deletion cascades`() throws {
    let server = try NginxServer()
    let database = DatabaseFile(server.database)
    let created = Payload.user(id: "user_1", email: "ada@example.org", role: "trainer")
    #expect(try server.answer(server.request(created)).status == 200)
    #expect(
      try database.rows(columns, columns: 7) == [
        ["user_1", "ada@example.org", "Ada", "Lovelace", "", nil, "trainer"]
      ])
    try database.execute(
      "CREATE TABLE bookings (userId TEXT REFERENCES users (id) ON DELETE CASCADE)",
      "INSERT INTO bookings VALUES ('user_1')",
      "UPDATE users SET phone = '+43 1', password = 'kept'")

    let updated = Payload.user(
      "user.updated", id: "user_1", email: "countess@example.org", firstName: "Augusta 👩🏽‍💻", lastName: "King",
      role: "admin", updatedAt: 1_654_012_824_306)
    #expect(try server.answer(server.request(updated)).status == 200)
    #expect(
      try database.rows(columns, columns: 7) == [
        ["user_1", "countess@example.org", "Augusta 👩🏽‍💻", "King", "kept", "+43 1", "admin"]
      ])

    #expect(try server.answer(server.request(Payload.deleted(id: "user_1"))).status == 200)
    #expect(try database.rows("SELECT id FROM users").isEmpty)
    #expect(try database.rows("SELECT userId FROM bookings").isEmpty)
  }

  @Test func `During a rotation both the old and the new secret are accepted`() throws {
    let new = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
    let server = try NginxServer(environment: [
      "CLERK_WEBHOOK_SIGNING_SECRET": "\(new) \(SignedDelivery.secret)"
    ])
    var request = server.request(Payload.user(id: "user_1"))
    #expect(try server.answer(request).status == 200)
    request.secret = new
    #expect(try server.answer(request).status == 200)
  }

  @Test func `Health and the console are served beside the webhook`() throws {
    let server = try NginxServer()
    var request = server.request("", at: "/api/health")
    (request.method, request.secret) = ("GET", nil)
    let health = try server.answer(request)
    #expect(health.status == 200)
    #expect(health.body == #"{"status":"ok"}"# + "\n")
    request.url = server.url + "/"
    #expect(try server.answer(request).body.contains("<title>clerk-sync</title>"))

    try Data("not a database, and long enough to be looked at as one".utf8).write(
      to: URL(filePath: server.database))
    request.url = server.url + "/api/health"
    #expect(try server.answer(request).status == 503)
  }
}
