import Gateway
import TestSupport
import Testing

@Suite struct ApplicationErrorTests {
  @Test(arguments: FailingRequest.all)
  func `A request that fails is answered and logged as designed`(request: FailingRequest) throws {
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
    if ["malformed_event", "no_primary_email", "no_user_id"].contains(request.code) {
      headers["webhook-delivery"] = "abort-message"
    }
    #expect(exchange.headers == headers)
  }

  @Test(arguments: FailingRequest.all)
  func `Neither answer nor log repeats a secret, an address or a payload`(request: FailingRequest) throws {
    let text = try request.exchange().text
    for marker in [
      "example.org", "Lovelace", "v1,", "MfKQ9r8G", "C2FVsBQI", "c2VjcmV0", "hours", "owner-only",
    ] {
      #expect(!text.contains(marker))
    }
  }

  @Test(arguments: FailingRequest.all)
  func `The answer does not tell why a signature was refused, nor where the database is`(
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

  @Test func `A user refused for want of an address is named in the log`() throws {
    let body = UserEvent(data: ["email_addresses": "[]"]).body
    let log = try TestApplication().respond(body).log
    #expect(log["user"] == "user_1")
    #expect(log["svix_id"] == "msg_1")
  }
}
