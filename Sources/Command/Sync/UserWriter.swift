import ClerkSync

/// Writes Clerk's users to the table and counts the results. A user is skipped if a newer version has been applied.
struct UserWriter {
  private(set) var tally: Tally
  /// Users whose e-mail address is stored in another row, which may still change, and whether no change of Clerk's has
  /// been applied to that one.
  private(set) var conflicts: [(user: BackendUser, isForeign: Bool)] = []
  private let store: UserStore

  /// `tally` is the result of an earlier run.
  init(_ store: UserStore, tally: Tally = Tally()) {
    self.store = store
    self.tally = tally
  }

  /// Writes a page in one transaction.
  mutating func write(_ page: [Result<BackendUser, UnusableUser>]) throws {
    var releases: [Release] = []
    for case .failure(let unusable) in page {
      tally.skip(unusable.id, because: "\(unusable)")
      if let release = unusable.release { releases.append(release) }
    }
    if !releases.isEmpty { try store.record(releases) }
    let users = page.compactMap { try? $0.get() }
    tally.unknownRoles += users.count { !$0.record.warnings.isEmpty }
    try write(users)
  }

  /// Retries the conflicting users for as long as each pass frees an address. Counts the remaining ones as skipped.
  mutating func settleConflicts() throws {
    var previous = Int.max
    while !conflicts.isEmpty, conflicts.count < previous {
      previous = conflicts.count
      let users = conflicts.map(\.user)
      conflicts = []
      for batch in users.batches { try write(batch) }
    }
    for (user, isForeign) in conflicts {
      tally.skip(
        user.id,
        because: isForeign
          ? "its e-mail address is stored in a row that was never Clerk's: match in the mapping can adopt it"
          : "its e-mail address is stored for another user")
    }
    conflicts = []
  }

  private mutating func write(_ users: [BackendUser]) throws {
    let comparisons = try store.compare(users)
    var due: [(user: BackendUser, comparison: UserComparison)] = []
    for (user, comparison) in zip(users, comparisons) {
      switch comparison {
      case .equal(isRecorded: true), .newer, .deleted: tally.count(comparison)
      case .equal, .missing, .different: due.append((user, comparison))
      }
    }
    if due.isEmpty { return }
    var releases: [Release] = []
    for ((user, comparison), result) in zip(due, try store.updateUsers(due.map(\.user))) {
      switch result {
      case .success(.applied): tally.count(comparison)
      // A newer version was applied after the comparison.
      case .success: tally.count(.newer)
      case .failure(.emailTaken): conflicts.append((user, isForeign: false))
      case .failure(.addressNotClerks):
        conflicts.append((user, isForeign: true))
        releases.append(user.release)
      case .failure(let error): tally.skip(user.id, because: "\(error)")
      }
    }
    // Two rows from before clerk-sync may have each other's address.
    if !releases.isEmpty { try store.record(releases) }
  }
}

extension Array {
  /// The elements in groups small enough for one transaction.
  var batches: [[Element]] {
    stride(from: 0, to: count, by: ClerkAPI.pageSize).map {
      Array(self[$0..<Swift.min($0 + ClerkAPI.pageSize, count)])
    }
  }
}

/// The number of users written, by result.
struct Tally: Codable {
  /// A user that could not be written, and the reason.
  struct Skipped: Codable {
    let id: String?
    let reason: String
  }

  private var created = 0
  private var updated = 0
  private var unchanged = 0
  private var newer = 0
  private var deleted = 0
  /// The number of users with an unknown role, who got the least privileged one.
  var unknownRoles = 0
  private(set) var skipped: [Skipped] = []

  /// Counts a user by its state before the write.
  mutating func count(_ comparison: UserComparison) {
    switch comparison {
    case .missing: created += 1
    case .different: updated += 1
    case .equal: unchanged += 1
    case .newer: newer += 1
    case .deleted: deleted += 1
    }
  }

  mutating func skip(_ id: String?, because reason: String) {
    skipped.append(Skipped(id: id, reason: reason))
  }

  /// The tables printed at the end of a backfill.
  var summary: String {
    var counts = Table([.init(name: "users", isNumber: true), .init(name: "result")])
    for (number, text) in [
      (created, "created"), (updated, "updated"), (unchanged, "unchanged"),
      (newer, "unchanged, newer here"), (deleted, "not written, deleted here"),
      (skipped.count, "skipped"),
    ] {
      counts.append(["\(number)", text])
    }
    if unknownRoles > 0 {
      counts.append(["\(unknownRoles)", "of these with an unknown role, replaced by the least privileged"])
    }
    if skipped.isEmpty { return counts.text() }
    var reasons = Table([.init(name: "skipped"), .init(name: "reason", isFlexible: true)])
    for user in skipped { reasons.append([user.id, user.reason]) }
    return "\(counts.text())\n\(reasons.text())"
  }
}
