import ClerkSync

/// Compares the users table with all of Clerk's users, and repairs the differences.
///
/// Only differing users are kept in memory, and the ids of the rows are in a temporary table. A comparison that finds
/// no differences needs the memory of one page.
struct Reconciliation {
  private(set) var report = DriftReport()
  private let store: UserStore
  /// nil if the users are read from a file.
  private let api: ClerkAPI?
  /// The users at Clerk that are missing from the table or differ from it.
  private var differing: [BackendUser] = []

  init(_ store: UserStore, api: ClerkAPI?) {
    self.store = store
    self.api = api
  }

  /// Compares every user of the source with the table.
  mutating func walk(_ source: any UserSource) async throws {
    var source = source
    // A user changed after this time is not a difference: its webhook is on the way.
    let start = Timestamp.now.milliseconds
    let unlisted = try UnlistedUsers(of: store)
    report.rows = unlisted.rows
    report.rowsWithoutID = unlisted.rowsWithoutID
    var progress = ProgressBar(total: try await api?.count())
    defer { ProgressBar.clear() }
    var candidates: [BackendUser] = []
    while let page = try await source.nextPage() {
      report.listed += page.count
      for case .failure(let unusable) in page { report.unusable.append(unusable) }
      let users = page.compactMap { try? $0.get() }.filter { $0.updatedAt < start }
      try unlisted.strike(page.compactMap(\.userID))
      candidates += try differences(of: users).map(\.user)
      progress.advance(by: page.count)
    }
    // Compare the differing users again, because webhooks may have been applied in the meantime.
    for batch in candidates.batches {
      for (user, drift) in try differences(of: batch) {
        differing.append(user)
        report.drifts.append(drift)
      }
    }
    report.drifts += try unlisted.remaining().map {
      Drift(kind: $0.isForeign ? .foreign : .extra, user: $0.id)
    }
  }

  /// Repairs the differences found by ``walk(_:)``. Returns the reason if the deletions exceed the limit; then nothing
  /// is deleted.
  mutating func apply(deletesForeign: Bool, forcedDeletions: Int?) async throws -> String? {
    let limit = DeletionLimit(rows: report.rows, forced: forcedDeletions)
    let deletions = report.drifts.count { $0.isDeletable(withForeign: deletesForeign) }
    let objection = limit.objection(to: deletions)
    // Delete first: a deleted row may hold an e-mail address that now belongs to another user.
    for index in report.drifts.indices where report.drifts[index].isUnlisted {
      let drift = report.drifts[index]
      report.drifts[index].repair =
        if !drift.isDeletable(withForeign: deletesForeign) {
          "kept"
        } else if objection != nil {
          "too many"
        } else {
          try await delete(drift.user)
        }
    }
    var writer = UserWriter(store)
    // A user without an address frees the one in the row.
    try writer.write(report.unusable.map { .failure($0) })
    for batch in differing.batches { try writer.write(batch.map { .success($0) }) }
    try writer.settleConflicts()
    var reasons: [String: String] = [:]
    for user in writer.tally.skipped { if let id = user.id { reasons[id] = user.reason } }
    for index in report.drifts.indices where !report.drifts[index].isUnlisted {
      report.drifts[index].repair = reasons[report.drifts[index].user] ?? Drift.repaired
    }
    return objection
  }

  /// Deletes a user after Clerk's API has confirmed that it does not exist.
  private func delete(_ id: String) async throws -> String {
    if let api, try await api.user(id) != nil { return "kept: Clerk has this user" }
    try store.deleteUser(id: id)
    return Drift.repaired
  }

  private func differences(of users: [BackendUser]) throws -> [(user: BackendUser, drift: Drift)] {
    let comparisons = try store.compare(users)
    return zip(users, comparisons).compactMap { user, comparison in
      switch comparison {
      case .missing: (user, Drift(kind: .missing, user: user.id))
      case .different(let columns): (user, Drift(kind: .different, user: user.id, columns: columns))
      case .equal, .newer, .deleted: nil
      }
    }
  }
}

/// Limits deletions, so that a wrong key, an empty file or an incomplete list cannot empty the users table.
struct DeletionLimit {
  /// The number of deletions allowed by default: a tenth of the rows, and 50 at most.
  private let limit: Int
  private let rows: Int
  /// The number of deletions allowed by --force-deletes.
  private let forced: Int?

  init(rows: Int, forced: Int?) {
    self.rows = rows
    self.forced = forced
    limit = min(50, rows / 10)
  }

  /// Returns the reason why this many deletions are not allowed; nil if they are.
  func objection(to deletions: Int) -> String? {
    if deletions <= limit || deletions <= forced ?? 0 { return nil }
    return
      "nothing was deleted: \(deletions) of \(rows) rows would be, more than the limit of \(limit); "
      + "to delete them all, add --force-deletes \(deletions)"
  }
}
