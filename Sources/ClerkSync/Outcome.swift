/// What became of an event.
public enum Outcome: String, Sendable {
  /// The users table is now as the event says.
  case applied
  /// The event has nothing to do with the users table.
  case ignored
}
