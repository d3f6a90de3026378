import Foundation
import TestSupport

extension WebServer {
  func request(_ body: String, at path: String = "/api/webhooks") -> Sender.Request {
    Sender.Request(url: url + path, body: Data(body.utf8))
  }

  /// A GET, with a bearer token where one is given.
  func reading(_ path: String, token: String? = nil) -> Sender.Request {
    var request = request("", at: path)
    (request.method, request.secret) = ("GET", nil)
    if let token { request.headers["authorization"] = "Bearer \(token)" }
    return request
  }

  /// Sends one request and returns its answer.
  func answer(_ request: Sender.Request) throws -> Sender.Answer {
    let answers = try Sender.send([request])
    guard let answer = answers.first else { throw ServerNotStarted(log: errorLog) }
    return answer
  }
}
