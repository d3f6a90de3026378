/// An error of a verified message that is not an applicable event. A retry cannot succeed.
public enum EventError: Error, Equatable, Sendable {
  /// The message is not JSON or does not have the form of an event. `reason` names fields, never their values.
  case malformed(reason: String)
  /// The user has no primary e-mail address, for example after signing up by phone.
  case noPrimaryEmail(type: String, userID: String)
  /// The user has no id.
  case noUserID(type: String)

  /// The event's type; nil when it could not be read.
  package var type: String? {
    switch self {
    case .malformed: nil
    case .noPrimaryEmail(let type, _), .noUserID(let type): type
    }
  }

  /// The id of the event's user; nil when it could not be read.
  package var userID: String? {
    if case .noPrimaryEmail(_, let userID) = self { userID } else { nil }
  }
}
