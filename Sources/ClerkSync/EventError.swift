/// Why a verified message is not an event that can be applied; no retry can change it.
public enum EventError: Error, Equatable, Sendable {
  /// Not JSON, or not of the form of an event; `reason` names fields, never their values.
  case malformed(reason: String)
  /// The user has no primary e-mail address, as one who signed up by phone.
  case noPrimaryEmail(userID: String)
  /// The user has no id.
  case noUserID
}
