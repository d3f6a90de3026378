import Gateway
import TestSupport
import Testing

@Suite struct ApplicationErrorTests {
  @Test(arguments: FailingRequest.all)
  func `A failed request has the expected answer and log line`(request: FailingRequest) throws {
    let exchange = try request.exchange()
    #expect(exchange.status == request.status)
    #expect(Set(exchange.body.keys) == ["error", "message"])
    #expect(exchange.body["error"] == request.code)
    #expect(exchange.log["outcome"] == request.code)
    #expect(exchange.log["status"] == "\(request.status)")
    #expect(exchange.log["level"] == (request.status >= 500 ? "error" : "warning"))
    if let reason = request.reason {
      #expect(exchange.log["reason"]?.contains(reason) == true, "\(exchange.log["reason"] ?? "no reason")")
    } else {
      #expect(exchange.log["reason"] == nil)
    }

    var headers = Exchange.commonHeaders
    headers["Allow"] = request.allow
    if ["malformed_event", "no_primary_email", "no_user_id", "wrong_instance"].contains(request.code) {
      headers["webhook-delivery"] = "abort-message"
    }
    #expect(exchange.headers == headers)
  }

  @Test(arguments: FailingRequest.all)
  func `Neither the answer nor the log repeats a secret, address or payload`(request: FailingRequest) throws {
    let text = try request.exchange().text
    for marker in [
      "example.org", "Lovelace", "v1,", "MfKQ9r8G", "C2FVsBQI", "c2VjcmV0", "hours", "owner-only",
    ] {
      #expect(!text.contains(marker))
    }
  }

  @Test(arguments: FailingRequest.all)
  func `The answer omits the reason for a refused signature and the database's path`(
    request: FailingRequest
  ) throws {
    let message = try #require(try request.exchange().body["message"])
    #expect(!message.contains("/tmp"))
    if request.code == "invalid_signature" { #expect(message == "The signature could not be verified.") }
    if request.code == "database_error" {
      #expect(message == "The database could not be updated; nothing was written.")
    }
  }

  @Test func `An unverified delivery does not open the database`() throws {
    let application = try TestApplication()
    let delivery = try TestApplication.delivery(Payload.user(id: "user_1"), secret: "whsec_YQ==")
    #expect(try application.respond(delivery).status == 400)
    #expect(throws: (any Error).self) { try application.database.users() }
  }

  @Test func `The log names a user refused because it has no primary address`() throws {
    let body = UserEvent(data: ["email_addresses": "[]"]).body
    let log = try TestApplication().respond(body).log
    #expect(log["user"] == "user_1")
    #expect(log["svix_id"] == "msg_1")
  }

  @Test func `The answer to an example event of the dashboard says that it is one`() throws {
    let example = try TestApplication().respond(
      String(decoding: Payload.example("user.created.catalogue"), as: UTF8.self))
    #expect(example.body["error"] == "no_primary_email")
    #expect(
      example.body["message"]
        == "The user has no primary e-mail address: email_addresses is empty although there is a "
        + "primary_email_address_id. This is what an example event of the Clerk dashboard looks like; a real event "
        + "has the address.")
    let phone = UserEvent(data: ["email_addresses": "[]", "primary_email_address_id": "null"]).body
    #expect(try TestApplication().respond(phone).body["message"] == "The user has no primary e-mail address.")
  }
}
