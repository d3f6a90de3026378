import Svix
import Testing

@Suite struct SecretTests {
  private static let other = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"

  @Test func `The prefix is optional`() throws {
    #expect(throws: Never.self) { try verify("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw") }
  }

  @Test(arguments: ["whsec_YQ==", "whsec_YQ", "whsec_YWI=", "whsec_YWI", "YQ"])
  func `The padding is optional`(secret: String) throws {
    #expect(throws: Never.self) { try Secret(secret) }
  }

  @Test func `The padding does not change the key`() throws {
    var message = Message()
    message.secrets = ["whsec_YWI="]
    var signed = try message.signed()
    signed.secrets = ["YWI"]
    #expect(throws: Never.self) { try signed.verify() }
  }

  @Test(arguments: ["", "whsec_"])
  func `An empty secret is refused`(secret: String) {
    #expect(throws: SecretError.empty) { try Secret(secret) }
  }

  @Test(arguments: [
    "=", "whsec_=", "whsec_====", "whsec_A", "whsec_A===", "whsec_YQ=", "whsec_YQ===", "whsec_****",
    "whsec_Y Q=", "whsec_YWI=YWI=", "whsec_YW-_", "whsec_whsec_YWI=", "Whsec_YWI=", " whsec_YWI=",
    "whsec_YWI=\n", "whsec_YWÍ=", "whsec_YWI\u{0}", "whsk_YWI=",
  ])
  func `A secret that is not base64 is refused`(secret: String) {
    #expect(throws: SecretError.notBase64) { try Secret(secret) }
  }

  @Test func `A wrong secret does not match`() {
    #expect(throws: VerificationError.noMatch(entries: 1, secrets: 1)) { try verify(Self.other) }
  }

  @Test func `Without a secret nothing matches`() {
    var message = Message()
    message.secrets = []
    #expect(throws: VerificationError.noMatch(entries: 1, secrets: 0)) { try message.verify() }
  }

  @Test(arguments: [" ", ",", "\n", "\r\n", "\t", ", ", " ,\n, "])
  func `During a rotation either secret may have signed`(separator: String) throws {
    for list in [[Self.other, Message.secret], [Message.secret, Self.other]] {
      let text = separator + list.joined(separator: separator) + separator
      let secrets = try Secret.list(text)
      #expect(secrets.count == 2)
      let message = Message()
      let headers = MessageHeaders(
        id: message.id, timestamp: message.timestamp, signature: message.signature)
      #expect(throws: Never.self) {
        try Verifier(secrets: secrets).verify(headers, body: message.body, now: message.now)
      }
    }
  }

  @Test(arguments: ["", " ", ",", "\n", " , \n"])
  func `A list without a secret is refused`(text: String) {
    #expect(throws: SecretError.empty) { try Secret.list(text) }
  }

  @Test func `A list with one invalid secret is refused`() {
    #expect(throws: SecretError.notBase64) { try Secret.list("\(Message.secret) whsec_*") }
    #expect(throws: SecretError.empty) { try Secret.list("\(Message.secret),whsec_") }
  }

  private func verify(_ secret: String) throws -> VerifiedMessage {
    var message = Message()
    message.secrets = [secret]
    return try message.verify()
  }
}
