import ClerkSync
import Foundation

/// One comparison of the users table with all of Clerk's users.
///
/// Only the users who differ are kept, and the ids of the rows go to a temporary table: a walk through users who are
/// as they should be takes the memory of one page.
struct Reconciliation {
  private(set) var report = DriftReport()
  private let store: UserStore
  /// nil when the users come from a file.
  private let api: ClerkAPI?
  /// Those at Clerk who are missing here or different.
  private var differing: [BackendUser] = []

  init(_ store: UserStore, api: ClerkAPI?) {
    self.store = store
    self.api = api
  }

  /// Compares every user of the source.
  mutating func walk(_ source: any UserSource) async throws {
    var source = source
    // What has changed at Clerk since is on its way here, as a webhook.
    let start = Int64(Date.now.timeIntervalSince1970 * 1000)
    let unlisted = try UnlistedUsers(of: store)
    report.rows = unlisted.rows
    var progress = ProgressBar(total: try await api?.count())
    defer { ProgressBar.clear() }
    var candidates: [BackendUser] = []
    while let page = try await source.nextPage() {
      report.listed += page.count
      for case .failure(let unusable) in page { report.unusable.append((unusable.id, "\(unusable)")) }
      let users = page.compactMap { try? $0.get() }.filter { $0.updatedAt < start }
      try unlisted.strike(page.compactMap(\.userID))
      candidates += try differences(of: users).map(\.user)
      progress.advance(by: page.count)
    }
    // A second look at those that differed: webhooks may have arrived meanwhile.
    for batch in candidates.batches {
      for (user, drift) in try differences(of: batch) {
        differing.append(user)
        report.drifts.append(drift)
      }
    }
    let extra = try unlisted.ids()
    report.drifts += extra.map { Drift(kind: .extra, user: $0) }
  }

  /// Repairs what the walk has found; returns why nothing was deleted where that was too much.
  mutating func apply(_ leave: Int?) async throws -> String? {
    let extra = report.drifts.indices.filter { report.drifts[$0].kind == .extra }
    let objection = DeletionLimit(rows: report.rows, leave: leave).objection(to: extra.count)
    // Deletions first: they free addresses that others may have taken.
    for index in extra {
      report.drifts[index].repair =
        objection == nil ? try await delete(report.drifts[index].user) : "too many"
    }
    var writer = UserWriter(store)
    for batch in differing.batches { try writer.write(batch.map { .success($0) }) }
    try writer.settleConflicts()
    var reasons: [String: String] = [:]
    for user in writer.tally.skipped { if let id = user.id { reasons[id] = user.reason } }
    for index in report.drifts.indices where report.drifts[index].kind != .extra {
      report.drifts[index].repair = reasons[report.drifts[index].user] ?? Drift.repaired
    }
    return objection
  }

  /// Deletes a user whom Clerk does not know.
  private func delete(_ id: String) async throws -> String {
    if let api, try await api.user(id) != nil { return "kept: Clerk has this user" }
    try store.deleteUser(id: id)
    return Drift.repaired
  }

  private func differences(of users: [BackendUser]) throws -> [(user: BackendUser, drift: Drift)] {
    let comparisons = try store.compare(users)
    return zip(users, comparisons).compactMap { user, comparison in
      switch comparison {
      case .missing: (user, Drift(kind: .missing, user: user.user.id))
      case .different(let columns): (user, Drift(kind: .different, user: user.user.id, columns: columns))
      case .equal, .newer, .deleted: nil
      }
    }
  }
}

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
