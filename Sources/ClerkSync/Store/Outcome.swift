/// What became of an event.
public enum Outcome: String, Sendable {
  /// The users table is now as the event says.
  case applied
  /// The message had been dealt with before; nothing was written.
  case duplicate
  /// The user's row is newer than the event, or the user has been deleted.
  case stale
  /// The event has nothing to do with the users table.
  case ignored
}
