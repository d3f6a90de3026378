import Svix
import Testing

/// A stored message that is verified again.
@Suite struct KeptMessageTests {
  private func verifyKept(_ message: Message) throws -> VerifiedMessage {
    let headers = MessageHeaders(
      id: message.id, timestamp: message.timestamp, signature: message.signature)
    let verifier = Verifier(secrets: try message.secrets.map { try Secret($0) })
    return try verifier.verify(kept: headers, body: message.body)
  }

  @Test func `A stored message can be verified again at any later time`()
    throws
  {
    var message = Message()
    message.signature = "v1,AAAA \(Message.bad) \(Message.good)"
    let first = try message.verify()
    #expect("\(first.signature)" == Message.good)
    var kept = Message()
    (kept.id, kept.timestamp, kept.signature) = (first.id, "\(first.timestamp)", "\(first.signature)")
    kept.body = first.body
    #expect(try verifyKept(kept).body == message.body)
  }

  @Test func `Every check except the age still applies`() throws {
    let changes: [(inout Message) -> Void] = [
      { $0.id += "x" }, { $0.timestamp = "1614265331" }, { $0.body.append(10) },
      { $0.signature = Message.bad },
      { $0.signature = "" }, { $0.secrets = ["whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"] },
      { $0.id = "msg.1" }, { $0.timestamp = "01614265330" }, { $0.secrets = [] },
    ]
    for change in changes {
      var message = Message()
      change(&message)
      #expect(throws: VerificationError.self) { try verifyKept(message) }
    }
  }
}
