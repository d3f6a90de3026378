import ClerkSync

/// What became of the users that were to be written.
struct Tally: Codable {
  /// A user who could not be written, and why.
  struct Skipped: Codable {
    let id: String?
    let reason: String
  }

  private var created = 0
  private var updated = 0
  private var unchanged = 0
  private var newer = 0
  private var deleted = 0
  /// How many got the least privileged role for want of a known one.
  var unknownRoles = 0
  private(set) var skipped: [Skipped] = []

  /// Counts one who was as `comparison` says, and is now as at Clerk where nothing newer forbids it.
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

  /// Tables for the operator.
  var summary: String {
    var counts = Table([.init(name: "users", isNumber: true), .init(name: "what became of them")])
    for (number, text) in [
      (created, "created"), (updated, "updated"), (unchanged, "unchanged"),
      (newer, "left as they are: what is here is newer"), (deleted, "left out: deleted here"),
      (skipped.count, "skipped"),
    ] {
      counts.append(["\(number)", text])
    }
    if unknownRoles > 0 {
      counts.append(["\(unknownRoles)", "of these with an unknown role: the least privileged"])
    }
    if skipped.isEmpty { return counts.text() }
    var reasons = Table([.init(name: "skipped"), .init(name: "because", isFlexible: true)])
    for user in skipped { reasons.append([user.id, user.reason]) }
    return "\(counts.text())\n\(reasons.text())"
  }
}
