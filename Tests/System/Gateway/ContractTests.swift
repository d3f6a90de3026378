import TestSupport
import Testing

/// The contract that both transports keep.
@Suite(.programs) struct ContractTests {
  @Test(arguments: ServerInterface.allCases, RequestCase.deliveries)
  func `A delivery is answered`(over interface: ServerInterface, case: RequestCase) throws {
    try check(`case`, over: interface)
  }

  @Test(arguments: ServerInterface.allCases, RequestCase.lengths)
  func `A content length is checked`(over interface: ServerInterface, case: RequestCase) throws {
    try check(`case`, over: interface)
  }

  @Test(arguments: ServerInterface.allCases, RequestCase.routes)
  func `A request finds its route`(over interface: ServerInterface, case: RequestCase) throws {
    try check(`case`, over: interface)
  }

  @Test(arguments: ServerInterface.allCases)
  func `A user is created, updated and deleted`(over interface: ServerInterface) throws {
    let folder = try TemporaryFolder()
    let endpoint = try interface.start(in: folder)
    for payload in [Payload.user(id: "user_1"), Payload.user("user.updated", id: "user_1")] {
      #expect(try endpoint.answer(SignedDelivery(payload))?.status == 200)
      #expect(try storedUsers(in: folder.file("app.db")) == ["user_1"])
    }
    #expect(try endpoint.answer(SignedDelivery(Payload.deleted(id: "user_1")))?.status == 200)
    #expect(try storedUsers(in: folder.file("app.db")).isEmpty)
  }

  @Test(arguments: ServerInterface.allCases)
  func `An invalid setting from the web server is an error, and the log names the setting`(
    over interface: ServerInterface
  ) throws {
    let endpoint = try interface.start(in: TemporaryFolder())
    let delivery = try SignedDelivery(Payload.user(id: "user_1"))
    let answer = try #require(
      try endpoint.answer(delivery.parameters + [("CLERK_SYNC_MAX_BODY", "1 MB")], body: delivery.body))
    #expect(answer.status == 500)
    #expect(answer["error"] == "configuration_error")
    #expect(answer.standardError.contains("CLERK_SYNC_MAX_BODY cannot be used: expected a whole number"))
    #expect(!answer.body.contains("CLERK_SYNC"))
  }

  /// Expects the answer of the case, in the form that every CGI response has (RFC 3875, section 6).
  private func check(_ case: RequestCase, over interface: ServerInterface) throws {
    let folder = try TemporaryFolder()
    let endpoint = try interface.start(
      in: folder, environment: ["CLERK_SYNC_MAX_BODY": "\(RequestCase.limit)"])
    let answer = try #require(try `case`.send(to: endpoint))
    #expect(answer.status == `case`.status)
    #expect(answer.headers["content-type"] == "application/json")
    #expect(answer.headers.values.allSatisfy { !$0.utf8.contains { [10, 13].contains($0) } })
    if let word = `case`.word {
      #expect((answer["outcome"] ?? answer["error"] ?? answer["status"]) == word)
      #expect(answer.headers["content-length"] == "\(answer.body.utf8.count)")
    } else {
      #expect(answer.body.isEmpty)
      #expect(answer.headers["content-length"] != "0")
    }
    #expect((answer.headers["allow"] != nil) == (answer.status == 405))
    #expect(answer.standardError.contains("status=\(`case`.status)"))
    let isStored = `case`.word == "applied" && `case`.testDescription != "deleted"
    #expect(try storedUsers(in: folder.file("app.db")) == (isStored ? ["user_1"] : []))
  }
}
