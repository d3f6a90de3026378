/// A user at Clerk who cannot become a row.
public struct UnusableUser: Error, Equatable, Sendable, CustomStringConvertible {
  /// nil where that is what it lacks.
  public let id: String?
  private let reason: EventError

  init(id: String?, reason: EventError) {
    self.id = id
    self.reason = reason
  }

  /// What is wrong; names fields, never their values.
  public var description: String {
    switch reason {
    case .malformed(let reason): "not as expected: \(reason)"
    case .noPrimaryEmail: "no primary e-mail address"
    case .noUserID: "no id"
    }
  }
}
