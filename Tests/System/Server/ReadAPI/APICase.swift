import TestSupport
import Testing

/// One request to the read API, of the table for every server.
struct APICase: Sendable, CustomTestStringConvertible {
  /// The expected response.
  struct Expectation: Sendable {
    /// Several if it depends on the server whether the request reaches the handler.
    let statuses: Set<Int>
    /// The error in the handler's response.
    var error: String?
    /// A text that the body contains.
    var text: String?
    var headers: [String: String] = [:]
  }

  static let token = "9b6fd4c41d2a9bd1f1a0fd6b3a0f8e3c5a1de2f7c4b80960"
  /// A user whose id and name contain the special characters of paths, SQL and HTML.
  static let oddUser = (
    id: "user_1 ü+'\"<b>;--", path: "/api/users/user_1%20%C3%BC+%27%22%3Cb%3E;--",
    name: "<script>alert(1)</script>"
  )

  let testDescription: String
  private let path: String
  private let method: String
  private let token: String?
  private let headers: [String: String]
  let expectation: Expectation
  private let exceptions: [ServerKind: Expectation]

  init(
    _ name: String, _ path: String, method: String = "GET", token: String? = Self.token,
    headers: [String: String] = [:], is expectation: Expectation,
    except exceptions: [ServerKind: Expectation] = [:]
  ) {
    testDescription = name
    (self.path, self.method, self.token, self.headers) = (path, method, token, headers)
    (self.expectation, self.exceptions) = (expectation, exceptions)
  }

  func expectation(behind kind: ServerKind) -> Expectation { exceptions[kind] ?? expectation }

  func request(to server: any WebServer) -> Sender.Request {
    var request = server.reading(path, token: token)
    request.method = method
    request.headers.merge(headers) { $1 }
    return request
  }
}

extension APICase.Expectation {
  static func ok(_ text: String, type: String = "application/json") -> Self {
    Self(statuses: [200], text: text, headers: ["content-type": type])
  }

  static func error(_ status: Int, _ word: String, headers: [String: String] = [:]) -> Self {
    Self(
      statuses: [status], error: word, headers: headers.merging(["content-type": "application/json"]) { $1 })
  }

  /// Rejected by the handler or the server.
  static func refused(_ statuses: Set<Int>) -> Self { Self(statuses: statuses) }
}
