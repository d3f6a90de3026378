/// Why a verified message is not an event that can be applied; no retry can change it.
public enum EventError: Error, Equatable, Sendable {
  /// Not JSON, or not of the form of an event; `reason` names fields, never their values.
  case malformed(reason: String)
  /// The user has no primary e-mail address, as one who signed up by phone.
  case noPrimaryEmail(type: String, userID: String)
  /// The user has no id.
  case noUserID(type: String)

  /// The event's type, where it could be read.
  package var type: String? {
    switch self {
    case .malformed: nil
    case .noPrimaryEmail(let type, _), .noUserID(let type): type
    }
  }

  /// The id of the user concerned, where it could be read.
  package var userID: String? {
    if case .noPrimaryEmail(_, let userID) = self { userID } else { nil }
  }
}
