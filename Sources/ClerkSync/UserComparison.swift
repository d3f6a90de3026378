/// How a user at Clerk and what is stored under the same id compare.
public enum UserComparison: Equatable, Sendable {
  /// The row is as Clerk says; `isRecorded` when it is also known to be no older.
  case equal(isRecorded: Bool)
  /// There is no row.
  case missing
  /// These columns of the row are not as Clerk says.
  case different(columns: [String])
  /// What has been applied to the user since is newer than what Clerk said.
  case newer
  /// The user has been deleted here, for good.
  case deleted
}
