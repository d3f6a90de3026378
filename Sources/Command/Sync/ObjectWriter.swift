import ClerkSync

/// Writes Clerk's objects to their tables and counts the results. An object is skipped if a newer version has been
/// applied.
struct ObjectWriter {
  private(set) var tally: Tally
  /// Users whose e-mail address is stored in another row, which may still change, and whether no change of Clerk's has
  /// been applied to that one.
  private(set) var conflicts: [(user: BackendObject, isForeign: Bool)] = []
  private let store: UserStore
  private let source: ChangeSource
  /// Receives the id of each object that is counted, and its state before the write.
  private let onCount: (String, ObjectComparison) -> Void

  /// `tally` is the result of an earlier run.
  init(
    _ store: UserStore, source: ChangeSource = .backfill, tally: Tally = Tally(),
    onCount: @escaping (String, ObjectComparison) -> Void = { _, _ in }
  ) {
    (self.store, self.source) = (store, source)
    self.tally = tally
    self.onCount = onCount
  }

  /// Writes a page in one transaction. If the page `isRepeated`, it contains objects that have been counted already.
  mutating func write(
    _ page: [Result<BackendObject, UnusableObject>], isRepeated: Bool = false
  ) throws {
    var releases: [Release] = []
    for case .failure(let unusable) in page {
      if isRepeated, tally.hasSkipped(unusable.id) { continue }
      tally.skip(unusable.id, because: "\(unusable)")
      if let release = unusable.release { releases.append(release) }
    }
    if !releases.isEmpty { try store.record(releases) }
    let objects = page.compactMap { try? $0.get() }
    if !isRepeated { tally.unknownRoles += objects.count { !$0.record.warnings.isEmpty } }
    try write(objects, isRepeated: isRepeated)
  }

  /// Retries the conflicting users for as long as each pass frees an address. Counts the remaining ones as skipped.
  mutating func settleConflicts() throws {
    var previous = Int.max
    while !conflicts.isEmpty, conflicts.count < previous {
      previous = conflicts.count
      let users = conflicts.map(\.user)
      conflicts = []
      for batch in users.batches { try write(batch, isRepeated: false) }
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

  private mutating func write(_ objects: [BackendObject], isRepeated: Bool) throws {
    let comparisons = try store.compare(objects)
    var due: [(object: BackendObject, comparison: ObjectComparison)] = []
    for (object, comparison) in zip(objects, comparisons) {
      switch comparison {
      case .equal(isRecorded: true), .newer, .deleted:
        if !isRepeated { count(object, comparison) }
      case .equal, .missing, .different:
        if isRepeated, tally.hasSkipped(object.id) { continue }
        due.append((object, comparison))
      }
    }
    if due.isEmpty { return }
    var releases: [Release] = []
    for ((object, comparison), result) in zip(due, try store.update(due.map(\.object), source: source)) {
      switch result {
      case .success(.applied): count(object, comparison)
      // A newer version was applied after the comparison.
      case .success: count(object, .newer)
      case .failure(.emailTaken): conflicts.append((object, isForeign: false))
      case .failure(.addressNotClerks):
        conflicts.append((object, isForeign: true))
        releases.append(object.release)
      case .failure(.awaiting(let id, _)):
        tally.skip(object.id, because: "it refers to \(id), which is not stored")
      case .failure(let error): tally.skip(object.id, because: "\(error)")
      }
    }
    // Two rows from before clerk-sync may have each other's address.
    if !releases.isEmpty { try store.record(releases) }
  }

  private mutating func count(_ object: BackendObject, _ comparison: ObjectComparison) {
    tally.count(comparison)
    onCount(object.id, comparison)
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

/// The number of objects of one kind written, by result.
struct Tally: Codable {
  /// An object that could not be written, and the reason.
  struct Skipped: Codable {
    let id: String?
    let reason: String
  }

  private var created = 0
  private var updated = 0
  private var unchanged = 0
  private var newer = 0
  private var deleted = 0
  /// The number of objects with an unknown role, which got the least privileged one.
  var unknownRoles = 0
  private(set) var skipped: [Skipped] = []

  /// Counts an object by its state before the write.
  mutating func count(_ comparison: ObjectComparison) {
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

  func hasSkipped(_ id: String?) -> Bool { skipped.contains { $0.id == id } }

  /// Returns the tables printed at the end of a backfill.
  func summary(of entity: Entity) -> String {
    var counts = Table([.init(name: entity.plural, isNumber: true), .init(name: "result")])
    for (number, text) in [
      (created, ObjectComparison.missing.result), (updated, ObjectComparison.different(columns: []).result),
      (unchanged, ObjectComparison.equal(isRecorded: true).result), (newer, ObjectComparison.newer.result),
      (deleted, ObjectComparison.deleted.result), (skipped.count, "skipped"),
    ] {
      counts.append(["\(number)", text])
    }
    if unknownRoles > 0 {
      counts.append(["\(unknownRoles)", "of these with an unknown role, replaced by the least privileged"])
    }
    if skipped.isEmpty { return counts.text() }
    var reasons = Table([.init(name: "skipped"), .init(name: "reason", isFlexible: true)])
    for object in skipped { reasons.append([object.id, object.reason]) }
    return "\(counts.text())\n\(reasons.text())"
  }
}

extension ObjectComparison {
  /// What writing the object comes to.
  var result: String {
    switch self {
    case .missing: "created"
    case .different: "updated"
    case .equal: "unchanged"
    case .newer: "unchanged, newer here"
    case .deleted: "not written, deleted here"
    }
  }
}
