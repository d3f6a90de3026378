import Foundation
import TestSupport
import Testing

/// One request of the table for every server. Each case has its own user.
struct DeliveryCase: Sendable, CustomTestStringConvertible {
  /// The expected response, and the expected row of the users table.
  struct Expectation: Sendable {
    let status: Int
    /// The outcome or error in the body; nil if the web server itself may have answered.
    let word: String?
    /// The user's first name and role; nil if there is no row.
    var row: String?
    var headers: [String: String] = [:]
  }

  /// A change of the request for the user with this id.
  typealias Change = @Sendable (inout Sender.Request, String) -> Void

  let testDescription: String
  private let expectation: Expectation
  private let exceptions: [ServerKind: Expectation]
  private let unpredictable: Set<ServerKind>
  private let changes: [Change]

  /// - Parameters:
  ///   - exceptions: the expectations for servers with their own rules.
  ///   - unpredictable: the servers for which the response varies.
  ///   - earlier: preceding requests for the same user, which must be answered 200.
  ///   - change: changes a request that would create the user.
  init(
    _ name: String, _ status: Int, _ word: String?, row: String? = nil, headers: [String: String] = [:],
    except exceptions: [ServerKind: Expectation] = [:], notBehind unpredictable: Set<ServerKind> = [],
    after earlier: [Change] = [], change: @escaping Change = { _, _ in }
  ) {
    testDescription = name
    expectation = Expectation(status: status, word: word, row: row, headers: headers)
    self.exceptions = exceptions
    self.unpredictable = unpredictable
    changes = earlier + [change]
  }

  /// Returns the cases whose response is certain with this server.
  static func table(for kind: ServerKind) -> [DeliveryCase] {
    table.filter { !$0.unpredictable.contains(kind) }
  }

  func expectation(behind kind: ServerKind) -> Expectation { exceptions[kind] ?? expectation }

  var userID: String { "user_" + testDescription.replacing(/[^A-Za-z0-9]/, with: "_") }

  /// The preceding requests, then the request under test.
  func requests(to server: any WebServer) -> [Sender.Request] {
    changes.enumerated().map { number, change in
      var request = server.request(Payload.user(id: userID))
      request.id = "msg_\(userID)_\(number)"
      change(&request, userID)
      return request
    }
  }
}
