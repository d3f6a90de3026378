import Gateway
import TestSupport
import Testing

@testable import ClerkSync
@testable import Server
@testable import Settings
@testable import Svix

@Suite struct SecretSettingTests {
  private static let variables = [
    "CLERK_WEBHOOK_SIGNING_SECRET", "CLERK_WEBHOOK_SIGNING_SECRET_FILE", "CLERK_WEBHOOK_SECRET",
    "CLERK_WEBHOOK_SECRET_FILE",
  ]
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  @Test(arguments: 0..<4)
  func `The first variable that is set is used`(first: Int) throws {
    for emptied in [true, false] {
      var entries: [(String, String)] = []
      for (index, variable) in Self.variables.enumerated() where index >= first || emptied {
        entries.append((variable, try index < first ? "" : value("key \(index)", for: variable)))
      }
      for entries in [entries, entries.reversed()] {
        let configuration = try Configuration(environment: Parameters(entries))
        #expect(configuration.secrets.map(\.code) == [Secret.code(of: "key \(first)")])
      }
    }
  }

  @Test(arguments: variables)
  func `A request's secret replaces the process's, whichever variable is used`(variable: String) throws {
    let process = try Configuration(environment: ["CLERK_WEBHOOK_SIGNING_SECRET": "whsec_YQ=="])
    let request = try process.overridden(by: [variable: try value("b", for: variable)])
    #expect(request.secrets.map(\.code) == [Secret.code(of: "b")])
  }

  @Test(arguments: variables)
  func `A variable can contain several secrets`(variable: String) throws {
    let text = "whsec_YQ==, whsec_Yg\nYw"
    let value = variable.hasSuffix("_FILE") ? try folder.write(text, to: "secrets") : text
    let configuration = try Configuration(environment: [variable: value])
    #expect(configuration.secrets.map(\.code) == ["a", "b", "c"].map(Secret.code))
  }

  @Test(arguments: ["whsec_YQ==\n", "\r\nwhsec_YQ==\r\n", "  whsec_YQ==  "])
  func `White space around the secret in a file is ignored`(text: String) throws {
    let path = try folder.write(text, to: "secret")
    let configuration = try Configuration(environment: ["CLERK_WEBHOOK_SIGNING_SECRET_FILE": path])
    #expect(configuration.secrets.map(\.code) == [Secret.code(of: "a")])
  }

  @Test(arguments: variables)
  func `The error about an invalid secret names only the variable`(variable: String) throws {
    for (text, error, words) in [
      ("sk_live_c2VjcmV0", SecretError.notBase64, "\(variable) does not decode"),
      ("whsec_", .empty, "\(variable) holds an empty signing secret"),
      (" , ", .empty, "\(variable) holds an empty signing secret"),
      ("whsec_YQ== whsec_*c2VjcmV0", .notBase64, "\(variable) does not decode"),
    ] {
      let value = variable.hasSuffix("_FILE") ? try folder.write(text, to: "secret") : text
      let expected = ConfigurationError.secret(variable: variable, error)
      #expect(throws: expected) { try Configuration(environment: [variable: value]) }
      #expect(expected.description.hasPrefix(words))
      #expect(expected.description.hasSuffix(": expected whsec_ and base64, as the Clerk dashboard shows it"))
    }
  }

  @Test(arguments: ["CLERK_WEBHOOK_SIGNING_SECRET_FILE", "CLERK_WEBHOOK_SECRET_FILE"])
  func `The error about a secret file that could not be read names only the variable`(variable: String) throws
  {
    let expected = ConfigurationError.unreadableFile(variable: variable)
    for path in [folder.file("missing"), folder.path, "/dev/null/secret"] {
      #expect(throws: expected) { try Configuration(environment: [variable: path]) }
    }
    #expect(
      expected.description
        == "\(variable) names a file that cannot be read as text: check its path and its permissions")
  }

  @Test func `An empty secret file is an error, not a missing secret`() throws {
    let path = try folder.write("", to: "secret")
    #expect(throws: ConfigurationError.secret(variable: "CLERK_WEBHOOK_SECRET_FILE", .empty)) {
      try Configuration(environment: ["CLERK_WEBHOOK_SECRET_FILE": path])
    }
  }

  /// Returns the value of the variable for this key.
  private func value(_ key: String, for variable: String) throws -> String {
    let text = "whsec_\(Base64.encode(Array(key.utf8)))"
    return variable.hasSuffix("_FILE") ? try folder.write(text, to: "\(variable) \(key)") : text
  }
}
