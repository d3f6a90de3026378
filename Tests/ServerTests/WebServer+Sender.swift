import Foundation
import TestSupport

extension WebServer {
  func request(_ body: String, at path: String = "/api/webhooks") -> Sender.Request {
    Sender.Request(url: url + path, body: Data(body.utf8))
  }

  /// Sends one request and returns its answer.
  func answer(_ request: Sender.Request) throws -> Sender.Answer {
    let answers = try Sender.send([request])
    guard let answer = answers.first else { throw ServerNotStarted(log: errorLog) }
    return answer
  }
}
