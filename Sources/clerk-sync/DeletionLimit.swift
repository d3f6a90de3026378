/// Keeps a wrong key, an empty file or a half list from emptying the users table.
struct DeletionLimit {
  /// How many deletions need no leave: a tenth of the rows, and 50 at most.
  private let limit: Int
  private let rows: Int
  /// How many the operator has given leave for.
  private let leave: Int?

  init(rows: Int, leave: Int?) {
    self.rows = rows
    self.leave = leave
    limit = min(50, rows / 10)
  }

  /// Why so many may not be deleted; nil when they may.
  func objection(to deletions: Int) -> String? {
    if deletions <= limit || deletions <= leave ?? 0 { return nil }
    return
      "nothing was deleted: \(deletions) of \(rows) rows are extra, and at most \(limit) go without leave; "
      + "where they really are to go, repeat it with --force-deletes \(deletions)"
  }
}
