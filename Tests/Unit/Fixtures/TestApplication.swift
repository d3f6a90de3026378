import ClerkSync
import Foundation
import Gateway
import Server
import Settings
import TestSupport

/// The application with its own database and a stopped clock.
struct TestApplication {
  /// Seconds since 1970.
  static let now = 1_700_000_000

  let database: TestDatabase
  var environment: [(String, String)]

  init(_ environment: [(String, String)] = [("CLERK_WEBHOOK_SIGNING_SECRET", SignedDelivery.secret)]) throws {
    database = try TestDatabase()
    self.environment = [("CLERK_SYNC_DATABASE", database.path)] + environment
  }

  /// Returns a delivery signed at `now`.
  static func delivery(
    _ body: String, id: String = "msg_1", secret: String = SignedDelivery.secret, timestamp: String = "\(now)"
  ) throws -> SignedDelivery {
    try SignedDelivery(Array(body.utf8), id: id, secret: secret, timestamp: timestamp)
  }

  func respond(_ body: String) throws -> Exchange {
    try respond(Self.delivery(body))
  }

  /// Sends the delivery. A parameter in `more` replaces the delivery's parameter of the same name.
  func respond(_ delivery: SignedDelivery, _ more: [(String, String)] = []) throws -> Exchange {
    let names = Set(more.map(\.0))
    let parameters = more + delivery.parameters.filter { !names.contains($0.0) }
    return try respond(parameters, body: delivery.body)
  }

  func respond(_ parameters: [(String, String)], body: [UInt8] = []) throws -> Exchange {
    let lines = LogLines()
    let request = Request(parameters: Parameters(parameters), body: body)
    let application = try application
    let settings = application.settings(for: request.parameters)
    let response = application.respond(to: request, settings, logger: lines.logger(.json))
    return try Exchange(response, log: lines.text)
  }

  func respond(to error: RequestError) throws -> Exchange {
    let lines = LogLines()
    let response = try application.respond(to: error, parameters: [:], logger: lines.logger(.json))
    return try Exchange(response, log: lines.text)
  }

  private var application: Application {
    get throws {
      Application(
        configuration: try Configuration(environment: Parameters(environment)),
        clock: WallClock { Int64(Self.now) * 1000 })
    }
  }
}

/// The parts of a response, and the one line logged for it.
struct Exchange {
  let status: Int
  let headers: [String: String]
  let body: [String: String]
  let log: [String: String]
  /// The headers of every response.
  static let commonHeaders = [
    "Content-Type": "application/json", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  ]

  /// All text that left the application: the response and the log line.
  let text: String

  init(_ response: Response, log line: String) throws {
    status = response.status.code
    headers = Dictionary(uniqueKeysWithValues: response.headers.map { ($0.name, $0.value) })
    body = try JSONDecoder().decode([String: String].self, from: Data(response.body))
    let fields = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    log = (fields ?? [:]).mapValues { "\($0)" }
    text = "\(response.headers)\(String(decoding: response.body, as: UTF8.self))\(line)"
  }
}
