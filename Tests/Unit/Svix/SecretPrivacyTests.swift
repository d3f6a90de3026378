import Svix
import Testing

@Suite struct SecretPrivacyTests {
  /// 24 bytes of 200, to be recognised in any notation.
  private static let text = "whsec_yMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjI"

  @Test func `A secret prints as its name, however it is printed`() throws {
    let secret = try Secret(Self.text)
    #expect(String(describing: secret) == "Secret")
    #expect(String(reflecting: secret) == "Secret")
    #expect("\(secret)" == "Secret")
    #expect(Self.dumped(secret) == "- Secret\n")
  }

  @Test func `A secret shows nothing to a mirror`() throws {
    #expect(Mirror(reflecting: try Secret(Self.text)).children.isEmpty)
  }

  @Test func `A value that contains a secret does not print its key`() throws {
    let secret = try Secret(Self.text)
    let holders: [Any] = [
      [secret], ["key": secret], Optional(secret) as Any, (secret, 1), Verifier(secrets: [secret]),
    ]
    for holder in holders {
      for text in ["\(holder)", String(reflecting: holder), Self.dumped(holder)] {
        #expect(text.contains("Secret"))
        #expect(!text.contains("200") && !text.contains("yMjI") && !text.contains("c8"))
      }
    }
  }

  @Test func `The error about a secret does not carry it`() {
    let error = #expect(throws: SecretError.self) { try Secret("whsec_yMjI*yMjI") }
    #expect(Self.dumped(error as Any).contains("yMjI") == false)
  }

  private static func dumped(_ value: Any) -> String {
    var text = ""
    dump(value, to: &text)
    return text
  }
}
