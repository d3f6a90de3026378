import Foundation
import TestSupport
import Testing

/// One request of the table that holds behind every server, about a user of its own.
struct DeliveryCase: Sendable, CustomTestStringConvertible {
  /// What comes back, and what the users table then holds.
  struct Expectation: Sendable {
    let status: Int
    /// The outcome or error that the body names; nil where the server itself may have answered.
    let word: String?
    /// The user's first name and role; nil for no row.
    var row: String?
    var headers: [String: String] = [:]
  }

  /// A change of the request about the user of this id.
  typealias Change = @Sendable (inout Sender.Request, String) -> Void

  let testDescription: String
  private let expectation: Expectation
  private let exceptions: [ServerKind: Expectation]
  private let unpredictable: Set<ServerKind>
  private let changes: [Change]

  /// - Parameters:
  ///   - exceptions: where a server has rules of its own.
  ///   - unpredictable: where the same request may be answered in one way or in another.
  ///   - earlier: the requests before it about the same user, which must be answered 200.
  ///   - change: makes the request of what would create the user.
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

  /// The cases with an answer that is certain behind this server.
  static func table(for kind: ServerKind) -> [DeliveryCase] {
    table.filter { !$0.unpredictable.contains(kind) }
  }

  func expectation(behind kind: ServerKind) -> Expectation { exceptions[kind] ?? expectation }

  var userID: String { "user_" + testDescription.replacing(/[^A-Za-z0-9]/, with: "_") }

  /// The earlier requests, and then the one that counts.
  func requests(to server: any WebServer) -> [Sender.Request] {
    changes.enumerated().map { number, change in
      var request = server.request(Payload.user(id: userID))
      request.id = "msg_\(userID)_\(number)"
      change(&request, userID)
      return request
    }
  }
}
