import Foundation
import TestSupport

extension WebServer {
  func request(_ body: String, at path: String = "/api/webhooks") -> Sender.Request {
    Sender.Request(url: url + path, body: Data(body.utf8))
  }

  /// Returns a GET request, with a bearer token if one is given.
  func reading(_ path: String, token: String? = nil) -> Sender.Request {
    var request = request("", at: path)
    (request.method, request.secret) = ("GET", nil)
    if let token { request.headers["authorization"] = "Bearer \(token)" }
    return request
  }

  /// Sends a request and returns its response.
  func answer(_ request: Sender.Request) throws -> Sender.Answer {
    let answers = try Sender.send([request])
    guard let answer = answers.first else { throw ServerNotStarted(log: errorLog) }
    return answer
  }
}
