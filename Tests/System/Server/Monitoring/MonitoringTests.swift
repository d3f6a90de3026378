import Foundation
import TestSupport
import Testing

/// Tests of conf/prometheus and conf/grafana with a real Prometheus and the metrics of the real handler behind nginx.
@Suite(.programs) struct MonitoringTests {
  private struct Dashboard: Decodable {
    struct Panel: Decodable { let id: Int, title: String, targets: [Target] }
    struct Target: Decodable { let expr: String }
    let panels: [Panel]

    init() throws {
      let file = URL(filePath: Project.file("conf/grafana/clerk-sync.json"))
      self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: file))
    }

    /// The queries of the dashboard, with Grafana's variables filled in.
    var expressions: [String] {
      panels.flatMap(\.targets).map {
        $0.expr.replacing("$instance", with: ".+").replacing("$__rate_interval", with: "10s")
      }
    }
  }

  @Test func `Each alert fires on its condition, and not otherwise`() throws {
    let (status, output) = try Prometheus.tool(
      "test", "rules", Project.file("Tests/System/Server/Monitoring/alerts.yml"))
    #expect(status == 0, "\(output)")
  }

  @Test func `promtool accepts the rules and the configuration`() throws {
    let folder = try TemporaryFolder()
    let file = try Prometheus.configuration(asking: "http://127.0.0.1:1", token: "token", in: folder)
    for arguments in [("rules", Project.file("conf/prometheus/clerk-sync.rules.yml")), ("config", file)] {
      let (status, output) = try Prometheus.tool("check", arguments.0, "--lint-fatal", arguments.1)
      #expect(status == 0, "\(output)")
      #expect(output.contains("SUCCESS") && output.contains("12 rules found"), "\(output)")
    }
  }

  @Test func `promtool accepts the metrics, which include every metric in use`() throws {
    let server = try start()
    var forged = server.request(Payload.user(id: "user_2"))
    forged.headers["svix-signature"] = "v1,"
    #expect(try server.answer(forged).status == 400)
    let text = try server.answer(server.reading("/api/metrics", token: APICase.token)).body
    let file = try server.folder.write(text, to: "metrics")
    let (status, output) = try Prometheus.tool(
      "check", "metrics", input: FileHandle(forReadingFrom: URL(filePath: file)))
    #expect(status == 0)
    #expect(output.isEmpty)

    let series = Set((text + (try queueMetrics())).matches(of: /(?m)^[a-z_]+/).map { String($0.output) })
    let rules = try ConfigurationFile("prometheus/clerk-sync.rules.yml").text
    let expressions = try Dashboard().expressions.joined(separator: "\n") + rules
    let named = Set(expressions.matches(of: /\b(clerk_sync|process)_[a-z_]+/).map { String($0.output.0) })
    #expect(named.count >= 10)
    #expect(named.subtracting(series).isEmpty)
  }

  @Test func `A real Prometheus scrapes the handler, fills the dashboard and fires the alerts`() throws {
    let (server, folder) = (try start(), try TemporaryFolder())
    // The second server takes over the address of the first.
    let failing = Payload.user(id: "user_2", email: "user_1@example.org")
    #expect(try server.answer(server.request(failing)).status == 500)
    let prometheus = try Prometheus(asking: server, token: APICase.token, in: folder)

    let expressions = try Dashboard().expressions.filter { !$0.contains("clerk_sync_queue") }
    let alerts = [
      #"ALERTS{alertname="ClerkSyncDeliveriesFail", alertstate="pending"}"#,
      #"ALERTS{alertname="ClerkSyncSignaturesRefused", alertstate="firing"}"#,
    ]
    var empty: [String] = []
    var forged = server.request(Payload.user(id: "user_3"))
    forged.secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
    let isFilled = try eventually {
      _ = try Sender.send([server.request(Payload.user(id: "user_1")), forged])
      let asked = expressions + alerts
      empty = zip(asked, try prometheus.values(of: asked)).filter { _, samples in
        samples.isEmpty || samples.contains(where: \.number.isNaN)
      }.map(\.0)
      return empty.isEmpty
    }
    #expect(isFilled, "\(empty)")
    let facts = [
      "up", "clerk_sync_pending_failures", #"ALERTS{alertname!~".*(DeliveriesFail|SignaturesRefused)"}"#,
    ]
    var states: [[Double]] = []
    // A scrape may time out on a loaded machine.
    let isAsExpected = try eventually {
      states = try prometheus.values(of: facts).map { $0.map(\.number) }
      return states == [[1], [1], []]
    }
    #expect(isAsExpected, "\(states)")
  }

  @Test func `With a wrong token Prometheus reads nothing, and an alert fires`() throws {
    let (server, folder) = (try start(), try TemporaryFolder())
    let prometheus = try Prometheus(
      asking: server, token: String(APICase.token.reversed()), in: folder)
    let asked = ["up == 0", #"ALERTS{alertname="ClerkSyncUnreachable", alertstate="pending"}"#]
    #expect(try eventually { try prometheus.values(of: asked).allSatisfy { $0.count == 1 } })
  }

  @Test func `The dashboard's panels have unique ids and queries`() throws {
    let panels = try Dashboard().panels
    #expect(Set(panels.map(\.id)).count == panels.count)
    #expect(panels.count >= 10)
    #expect(panels.allSatisfy { !$0.targets.isEmpty && !$0.title.isEmpty })
  }

  /// Starts a server that has received a user, whose change feed has a consumer, and that differs from Clerk.
  private func start() throws -> NginxServer {
    let server = try NginxServer(
      environment: ["CLERK_SYNC_ADMIN_TOKEN": APICase.token, "CLERK_SYNC_CHANGES": "on"])
    // The first request makes the tables.
    #expect(try server.answer(server.request(Payload.user(id: "user_1"))).status == 200)
    try DatabaseFile(server.database).execute(
      "INSERT INTO clerk_sync_consumers (name, position) VALUES ('mail', 0)")
    try server.recordDrift()
    return server
  }

  /// Returns the metrics of a handler that has queued a delivery.
  private func queueMetrics() throws -> String {
    let folder = try TemporaryFolder()
    let redis = try RedisServer(in: folder)
    _ = try Command.run(["init"], environment: ["CLERK_SYNC_DATABASE": "app.db"], in: folder)
    let server = try NginxServer(
      in: folder,
      environment: ["CLERK_SYNC_ADMIN_TOKEN": APICase.token, "CLERK_SYNC_QUEUE": RedisServer.url(in: folder)])
    #expect(try server.answer(server.request(Payload.user(id: "user_1")))["outcome"] == "queued")
    // One delivery is claimed by a worker, and another one waits.
    let stream = "clerk-sync:deliveries"
    try redis.command("XGROUP", "CREATE", stream, "clerk-sync", "0")
    try redis.command("XREADGROUP", "GROUP", "clerk-sync", "worker", "STREAMS", stream, ">")
    #expect(try server.answer(server.request(Payload.user(id: "user_2")))["outcome"] == "queued")
    let text = try server.answer(server.reading("/api/metrics", token: APICase.token)).body
    let (status, output) = try Prometheus.tool(
      "check", "metrics", input: FileHandle(forReadingFrom: URL(filePath: folder.write(text, to: "metrics"))))
    #expect(status == 0 && output.isEmpty, "\(output)")
    return withExtendedLifetime(redis) { text }
  }
}
