import Foundation
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
      "CLERK_SYNC_TIMESTAMPS", "CLERK_SYNC_ROLES", "CLERK_SYNC_LOG", "CLERK_SYNC_PATH",
      "CLERK_SYNC_TOLERANCE",
      "CLERK_SYNC_INSTANCE",
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
    #expect(configuration.webhookPaths == [])
    #expect(configuration.tolerance == 300)
    #expect(configuration.instance == nil)
  }

  @Test func `Every variable is read`() throws {
    let configuration = try Configuration(
      environment: [
        "CLERK_WEBHOOK_SIGNING_SECRET": "whsec_YQ==", "CLERK_SYNC_DATABASE": "/srv/a b/app.db",
        "CLERK_SYNC_MAX_BODY": "65536", "CLERK_SYNC_THREADS": "16", "CLERK_SYNC_TIMESTAMPS": "s",
        "CLERK_SYNC_ROLES": "owner,guest", "CLERK_SYNC_LOG": "json",
        "CLERK_SYNC_PATH": " /hooks/clerk/, /api/webhooks/clerk\n/a-b._~c ", "CLERK_SYNC_TOLERANCE": "600",
        "CLERK_SYNC_INSTANCE": "ins_2fZ0bXyUqR7nWkTgVhLmPdCs",
      ])
    #expect(configuration.secrets.map(\.code) == [Secret.code(of: "a")])
    #expect(configuration.database == "/srv/a b/app.db")
    #expect(configuration.maxBody == 65_536)
    #expect(configuration.threads == 16)
    #expect(configuration.timestamps == .seconds)
    #expect(configuration.roles == Roles("owner,guest"))
    #expect(configuration.log == .json)
    #expect(configuration.webhookPaths == ["/hooks/clerk", "/api/webhooks/clerk", "/a-b._~c"])
    #expect(configuration.tolerance == 600)
    #expect(configuration.instance == "ins_2fZ0bXyUqR7nWkTgVhLmPdCs")
  }

  @Test(arguments: [(nil, false), ("1", false), ("900", false), ("901", true), ("86400", true)])
  func `A tolerance of more than 15 minutes is warned of`(seconds: String?, isWarned: Bool) throws {
    let environment = Parameters(seconds.map { [("CLERK_SYNC_TOLERANCE", $0)] } ?? [])
    let configuration = try Configuration(environment: environment)
    #expect((configuration.toleranceWarning != nil) == isWarned)
  }

  /// The document of the API, so that a path which is added to it cannot be forgotten.
  @Test func `No path of the API can be the webhook's`() throws {
    let document = try JSONSerialization.jsonObject(
      with: Data(contentsOf: URL(filePath: Project.file("www/openapi.json"))))
    let paths = try #require((document as? [String: Any])?["paths"] as? [String: Any]).keys
    #expect(paths.count > 5)
    for path in paths {
      let path = path.replacing("{id}", with: "user_1")
      for setting in [path, "\(path)/", "/prefix\(path)"] {
        let isPermitted = (try? Configuration(environment: ["CLERK_SYNC_PATH": setting])) != nil
        #expect(isPermitted == (path == "/api/webhooks"), "\(setting)")
      }
    }
  }

  @Test(arguments: [
    ("CLERK_SYNC_MAX_BODY", "1"), ("CLERK_SYNC_MAX_BODY", "1073741824"), ("CLERK_SYNC_THREADS", "1"),
    ("CLERK_SYNC_THREADS", "256"), ("CLERK_SYNC_TIMESTAMPS", "ms"), ("CLERK_SYNC_LOG", "text"),
    ("CLERK_SYNC_ROLES", "client"), ("CLERK_SYNC_TOLERANCE", "1"), ("CLERK_SYNC_TOLERANCE", "86400"),
    ("CLERK_SYNC_INSTANCE", "ins_1"), ("CLERK_SYNC_PATH", "/a"), ("CLERK_SYNC_PATH", "/api"),
    ("CLERK_SYNC_PATH", "/api/webhooks"), ("CLERK_SYNC_PATH", "/hooks/clerk.php"),
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
