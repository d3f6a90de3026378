import ClerkSync
import Foundation
import Gateway
import Server
import Settings
import TestSupport

/// An application with a database and an admin token, queried as the console queries it.
struct ConsoleSite {
  static let token = "0123456789abcdef0123"
  /// The settings of a handler that records changes.
  static let recording = [("CLERK_SYNC_ADMIN_TOKEN", token), ("CLERK_SYNC_CHANGES", "on")]

  let database: TestDatabase
  private let application: Application

  /// `tables` names an example in conf/tables, whose tables the database then has.
  init(
    _ environment: [(String, String)] = [("CLERK_SYNC_ADMIN_TOKEN", token)], isLongLived: Bool = true,
    tables: String? = nil
  ) throws {
    database = try TestDatabase(inMemory: true)
    var variables =
      [
        ("CLERK_SYNC_DATABASE", database.path), ("CLERK_WEBHOOK_SIGNING_SECRET", SignedDelivery.secret),
      ] + environment
    if let tables {
      try ApplicationSchema.create(tables, at: database.path)
      variables.append(("CLERK_SYNC_TABLES", Project.file("conf/tables/\(tables).json5")))
    }
    application = Application(
      configuration: try Configuration(environment: Parameters(variables)), isLongLived: isLongLived,
      clock: WallClock { Int64(TestApplication.now) * 1000 })
    try application.prepare()
  }

  /// Sends a request, by default a GET with the token.
  func get(
    _ path: String, _ query: String = "", authorization: String? = "Bearer \(token)", method: String = "GET",
    more: [(String, String)] = []
  ) throws -> ConsoleAnswer {
    let parameters =
      [("REQUEST_METHOD", method), ("SCRIPT_NAME", path), ("QUERY_STRING", query)]
      + (authorization.map { [("HTTP_AUTHORIZATION", $0)] } ?? []) + more
    return try respond(Request(parameters: Parameters(parameters)))
  }

  /// Sends a delivery signed at the application's current time.
  @discardableResult
  func deliver(_ body: String, id: String) throws -> ConsoleAnswer {
    let delivery = try TestApplication.delivery(body, id: id)
    return try respond(Request(parameters: Parameters(delivery.parameters), body: delivery.body))
  }

  /// Records a comparison that found differences, and left one since this time, in milliseconds since 1970, or none.
  func recordDrift(since time: Int64?) throws {
    var run = ReconciliationRun(.user, started: 0, applied: true)
    let found = DriftCounts(missing: 3, different: 2, extra: 1)
    let left = DriftCounts(missing: 0, different: 0, extra: time == nil ? 0 : 1)
    run.state = .succeeded(
      at: time ?? 0, ReconciliationFigures(found: found, remaining: left, foreign: 0, unusable: 0))
    try database.store.record(run)
  }

  private func respond(_ request: Request) throws -> ConsoleAnswer {
    let lines = LogLines()
    let settings = application.settings(for: request.parameters)
    let response = application.respond(to: request, settings, logger: lines.logger(.json))
    return try ConsoleAnswer(response, log: lines.text)
  }
}

/// The parts of a response.
struct ConsoleAnswer {
  let status: Int
  let headers: [String: String]
  let text: String
  /// The body's members; empty if the body is not a JSON object.
  let json: [String: Any]
  let log: String

  init(_ response: Response, log: String) throws {
    status = response.status.code
    headers = Dictionary(uniqueKeysWithValues: response.headers.map { ($0.name, $0.value) })
    text = String(decoding: response.body, as: UTF8.self)
    json = (try? JSONSerialization.jsonObject(with: Data(response.body))) as? [String: Any] ?? [:]
    self.log = log
  }

  var error: String? { json["error"] as? String }

  /// Returns the objects in the member of this name.
  func rows(_ name: String) -> [[String: Any]] { json[name] as? [[String: Any]] ?? [] }

  /// Returns the text under `key` of each object in the member.
  func column(_ name: String, _ key: String) -> [String] { rows(name).map { $0[key] as? String ?? "" } }

  func number(_ name: String) -> Int? { json[name] as? Int }
}
