import Gateway
import Testing

@testable import ClerkSync
@testable import Server
@testable import Settings

@Suite struct ConfigurationErrorTests {
  private static let notNumbers = [
    "0", "-1", "four", "4.0", "1e3", " 4", "4 ", "4k", "1_000", "0x10", "٤", "99999999999999999999",
  ]

  @Test(arguments: [
    Case("CLERK_SYNC_MAX_BODY", notNumbers + ["1073741825"], "a whole number from 1 to 1073741824"),
    Case("CLERK_SYNC_THREADS", notNumbers + ["257"], "a whole number from 1 to 256"),
    Case("CLERK_SYNC_TIMESTAMPS", ["MS", "sec", "seconds", "us", " s", "s,ms"], "ms or s"),
    Case("CLERK_SYNC_LOG", ["JSON", "logfmt", "text ", "yes"], "text or json"),
    Case("CLERK_SYNC_RETENTION_DAYS", notNumbers + ["36501"], "a whole number from 1 to 36500"),
    Case("CLERK_SYNC_CONNECTION", ["Shared", "per request", "1"], "per-request or shared"),
    Case("CLERK_SYNC_DATABASE", [":memory:", "file:/tmp/app.db", "FILE:app.db"], "the path of a file"),
    Case("CLERK_SYNC_ROLES", [",", " ", ", ,"], "role names separated by commas, the least privileged last"),
  ])
  func `A value that does not parse is an error that names the variable and the form expected`(setting: Case)
  {
    let expected = ConfigurationError.malformed(variable: setting.variable, expected: setting.expected)
    for value in setting.values {
      #expect(throws: expected) { try Configuration(environment: [setting.variable: value]) }
      #expect(throws: expected) { try Configuration().overridden(by: [setting.variable: value]) }
    }
    #expect(expected.description == "\(setting.variable) cannot be used: expected \(setting.expected)")
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let variable: String
    let values: [String]
    let expected: String

    init(_ variable: String, _ values: [String], _ expected: String) {
      (self.variable, self.values, self.expected) = (variable, values, expected)
    }

    var testDescription: String { variable }
  }
}
