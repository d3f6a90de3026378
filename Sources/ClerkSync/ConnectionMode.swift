/// How writes share connections to the database.
public enum ConnectionMode: String, CaseIterable, Sendable {
  /// A connection for each write, and a commit for each.
  case perRequest = "per-request"
  /// One kept connection; the writes that wait while it commits go together into its next commit.
  case shared
}
