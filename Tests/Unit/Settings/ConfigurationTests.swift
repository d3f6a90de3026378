import Gateway
import TestSupport
import Testing

@testable import ClerkSync
@testable import Server
@testable import Settings
@testable import Svix

@Suite struct ConfigurationTests {
  @Test(arguments: [
    [], [("PATH", "/bin")],
    [
      "CLERK_WEBHOOK_SIGNING_SECRET", "CLERK_WEBHOOK_SIGNING_SECRET_FILE", "CLERK_WEBHOOK_SECRET",
      "CLERK_WEBHOOK_SECRET_FILE", "CLERK_SYNC_DATABASE", "CLERK_SYNC_MAX_BODY", "CLERK_SYNC_THREADS",
      "CLERK_SYNC_TIMESTAMPS", "CLERK_SYNC_ROLES", "CLERK_SYNC_LOG",
    ].map { ($0, "") },
  ])
  func `An unset or empty variable has its default`(environment: [(String, String)]) throws {
    let configuration = try Configuration(environment: Parameters(environment))
    #expect(configuration.secrets.isEmpty)
    #expect(configuration.database == "data/clerk-sync.db")
    #expect(configuration.maxBody == 1_048_576)
    #expect(configuration.threads == nil)
    #expect(configuration.timestamps == .milliseconds)
    #expect(configuration.roles == .standard)
    #expect(configuration.log == .text)
  }

  @Test func `Every variable is read`() throws {
    let configuration = try Configuration(
      environment: [
        "CLERK_WEBHOOK_SIGNING_SECRET": "whsec_YQ==", "CLERK_SYNC_DATABASE": "/srv/a b/app.db",
        "CLERK_SYNC_MAX_BODY": "65536", "CLERK_SYNC_THREADS": "16", "CLERK_SYNC_TIMESTAMPS": "s",
        "CLERK_SYNC_ROLES": "owner,guest", "CLERK_SYNC_LOG": "json",
      ])
    #expect(configuration.secrets.map(\.code) == [Secret.code(of: "a")])
    #expect(configuration.database == "/srv/a b/app.db")
    #expect(configuration.maxBody == 65_536)
    #expect(configuration.threads == 16)
    #expect(configuration.timestamps == .seconds)
    #expect(configuration.roles == Roles("owner,guest"))
    #expect(configuration.log == .json)
  }

  @Test(arguments: [
    ("CLERK_SYNC_MAX_BODY", "1"), ("CLERK_SYNC_MAX_BODY", "1073741824"), ("CLERK_SYNC_THREADS", "1"),
    ("CLERK_SYNC_THREADS", "256"), ("CLERK_SYNC_TIMESTAMPS", "ms"), ("CLERK_SYNC_LOG", "text"),
    ("CLERK_SYNC_ROLES", "client"),
  ])
  func `The limits of each range are accepted`(variable: String, value: String) throws {
    #expect(throws: Never.self) { try Configuration(environment: [variable: value]) }
  }

  @Test func `A request can override the settings`() throws {
    let process = try Configuration(
      environment: [
        "CLERK_WEBHOOK_SIGNING_SECRET": "whsec_YQ==", "CLERK_SYNC_DATABASE": "a.db",
        "CLERK_SYNC_MAX_BODY": "1000",
        "CLERK_SYNC_TIMESTAMPS": "s", "CLERK_SYNC_ROLES": "a", "CLERK_SYNC_LOG": "json",
      ])
    let request = try process.overridden(by: [
      "CLERK_SYNC_DATABASE": "b.db", "CLERK_WEBHOOK_SECRET": "whsec_Yg==",
    ])
    #expect(request.secrets.map(\.code) == [Secret.code(of: "b")])
    #expect(request.database == "b.db")
    #expect(request.maxBody == 1000)
    #expect(request.timestamps == .seconds)
    #expect(request.roles == Roles("a"))
    #expect(request.log == .json)

    let unchanged = try process.overridden(by: ["CLERK_SYNC_DATABASE": "", "CLERK_WEBHOOK_SECRET": ""])
    #expect(unchanged.database == "a.db")
    #expect(unchanged.secrets.map(\.code) == [Secret.code(of: "a")])
  }

  @Test func `A request header cannot change a setting`() throws {
    let headers: Parameters = [
      "HTTP_CLERK_SYNC_DATABASE": "x.db", "HTTP_CLERK_WEBHOOK_SIGNING_SECRET": "whsec_YQ==",
      "HTTP_CLERK_SYNC_MAX_BODY": "1", "clerk_sync_database": "x.db", "CLERK_SYNC_DATABASE ": "x.db",
    ]
    let configuration = try Configuration().overridden(by: headers)
    #expect(configuration.secrets.isEmpty)
    #expect(configuration.database == "data/clerk-sync.db")
    #expect(RequestSettings(configuration, overriddenBy: headers).bodyLimit == 1_048_576)
  }

  @Test func `A request's body limit can be overridden`() throws {
    let configuration = try Configuration(environment: ["CLERK_SYNC_MAX_BODY": "1000"])
    #expect(RequestSettings(configuration, overriddenBy: [:]).bodyLimit == 1000)
    #expect(RequestSettings(configuration, overriddenBy: ["CLERK_SYNC_MAX_BODY": "2000"]).bodyLimit == 2000)
    #expect(RequestSettings(configuration, overriddenBy: ["CLERK_SYNC_MAX_BODY": ""]).bodyLimit == 1000)
    #expect(RequestSettings(configuration, overriddenBy: ["CLERK_SYNC_MAX_BODY": "much"]).bodyLimit == 1000)
    #expect(
      RequestSettings(
        configuration, overriddenBy: ["CLERK_SYNC_MAX_BODY": "2000", "CLERK_SYNC_ROLES": ","]
      ).bodyLimit == 2000)
  }
}
