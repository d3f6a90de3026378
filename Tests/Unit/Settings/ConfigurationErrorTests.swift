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
    Case("CLERK_SYNC_TOLERANCE", notNumbers + ["-300", "86401"], "a whole number from 1 to 86400"),
    Case(
      "CLERK_SYNC_INSTANCE",
      ["ins_", "2abc", "inst_2abc", "INS_2abc", "ins_2a,ins_2b", "ins_2a b", " ins_2a", "ins_ä"],
      "the id of one Clerk instance, ins_ and letters and digits, as the instance_id of its events"),
    Case("CLERK_SYNC_PATH", [" ", ",", " , "], "a path such as /api/webhooks/clerk"),
    Case(
      "CLERK_SYNC_PATH", ["/hooks?clerk", "/hooks/clerk?", "/hooks#clerk", "/a, /b?c", "?"],
      "paths without a query or a fragment, such as /api/webhooks/clerk"),
    Case(
      "CLERK_SYNC_PATH", ["/", "hooks/clerk", "https://app.example.org/hooks", "/hooks,clerk", "~/hooks"],
      "paths that begin with a slash and name more than the root, such as /api/webhooks/clerk"),
    Case(
      "CLERK_SYNC_PATH",
      [
        "//", "/hooks//clerk", "/hooks/clerk//", "/hooks/../clerk", "/./hooks", "/hooks%2Fclerk", "/hök",
        "/a/*", "/a;b",
      ],
      "paths of letters, digits and -._~ between single slashes, as they are before percent-encoding, such as "
        + "/api/webhooks/clerk"),
    Case(
      "CLERK_SYNC_PATH", ["/api/health", "/clerk/api/health/", "/hooks,/api/health"],
      "paths that are none of the API's, as those at /api/health are"),
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
