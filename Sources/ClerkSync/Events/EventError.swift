/// An error of a verified message that is not an applicable event. A retry cannot succeed.
public enum EventError: Error, Equatable, Sendable {
  /// The message is not JSON or does not have the form of an event. `reason` names fields, never their values.
  case malformed(reason: String)
  /// The user has no primary e-mail address, for example after signing up by phone.
  ///
  /// `version` is as in ``Event/version``. `isExample` marks a user that only Clerk's example events have: with the id
  /// of a primary address, and no addresses.
  case noPrimaryEmail(type: String, userID: String, version: Int64, isExample: Bool)
  /// The user has no id.
  case noUserID(type: String)
  /// The event is from another Clerk instance than the expected one, or does not say from which (`isMissing`).
  case wrongInstance(type: String, isMissing: Bool)

  /// The event's type; nil when it could not be read.
  package var type: String? {
    switch self {
    case .malformed: nil
    case .noPrimaryEmail(let type, _, _, _), .noUserID(let type), .wrongInstance(let type, _): type
    }
  }

  /// The id of the event's user; nil when it could not be read.
  package var userID: String? {
    if case .noPrimaryEmail(_, let userID, _, _) = self { userID } else { nil }
  }

  /// The time of the user's state, in milliseconds since 1970; nil when it could not be read.
  package var version: Int64? {
    if case .noPrimaryEmail(_, _, let version, _) = self { version } else { nil }
  }
}
