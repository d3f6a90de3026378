import SQLite

extension SQLiteError {
  /// What an operator can do about the error.
  var advice: String {
    switch kind {
    case .busy:
      "another program held the write lock for longer than \(Database.busyTimeout / 1000) s; "
        + "the delivery will be repeated"
    case .cannotOpen, .readOnly:
      "make the file and its folder readable and writable for the user this program runs as"
    case .full:
      "make room on the disk; the delivery will be repeated"
    case .inputOutput:
      "check the room, the quota and the health of the disk; the delivery will be repeated"
    case .notADatabase:
      "CLERK_SYNC_DATABASE must name an SQLite 3 file, or none so that one is created"
    case .constraint:
      "a constraint of this database forbids the change; the delivery will be repeated"
    case .schema:
      "the table must be users(\(UserTable.columns)); further columns need a default"
    case .other:
      "see sqlite.org/rescode.html"
    }
  }
}
