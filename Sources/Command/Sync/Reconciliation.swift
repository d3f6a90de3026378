import ClerkSync

/// Compares the table of one kind of objects with all of these at Clerk, and repairs the differences.
///
/// Only differing objects are kept in memory, and the keys of the rows are in a temporary table. A comparison that finds
/// no differences needs the memory of one page.
struct Reconciliation {
  private(set) var report: DriftReport
  private let store: UserStore
  private let entity: Entity
  /// nil if the objects are read from a file.
  private let api: ClerkAPI?
  /// The objects at Clerk that are missing from the table or differ from it.
  private var differing: [BackendObject] = []
  /// The rows that Clerk does not list, by key.
  private var unlisted: [String: StoredObject] = [:]

  init(_ store: UserStore, _ entity: Entity, api: ClerkAPI?) {
    (self.store, self.entity, self.api) = (store, entity, api)
    report = DriftReport(entity: entity)
  }

  /// Compares every object of the source with the table. An object changed after `start`, in milliseconds since 1970, is
  /// not a difference: its webhook is on the way.
  mutating func walk(_ source: any ObjectSource, start: Int64) async throws {
    var source = source
    let unlisted = try UnlistedObjects(of: store, entity)
    report.rows = unlisted.rows
    report.rowsWithoutID = unlisted.rowsWithoutID
    var progress = ProgressBar(total: try await api?.count(entity), of: entity.plural)
    defer { ProgressBar.clear() }
    var candidates: [BackendObject] = []
    while let page = try await source.nextPage() {
      for case .failure(let unusable) in page where !source.isRepeating || !report.hasUnusable(unusable.id) {
        report.unusable.append(unusable)
      }
      let objects = page.compactMap { try? $0.get() }.filter { $0.updatedAt < start }
      try unlisted.strike(page.compactMap(\.key))
      candidates += try differences(of: objects).map(\.object)
      progress.advance(by: page.count)
    }
    report.listed = source.done
    // Compare the differing objects again, because webhooks may have been applied in the meantime.
    var found: Set<String> = []
    for batch in candidates.batches {
      for (object, drift) in try differences(of: batch) where found.insert(object.id).inserted {
        differing.append(object)
        report.drifts.append(drift)
      }
    }
    for row in try unlisted.remaining() {
      self.unlisted[row.key] = row
      report.drifts.append(Drift(kind: row.isForeign ? .foreign : .extra, entity, id: row.key))
    }
  }

  /// Repairs the differences found by ``walk(_:start:)``. Returns the number of deletions if it exceeds the limit; then
  /// nothing is deleted.
  mutating func apply(deletesForeign: Bool, limit: DeletionLimit) async throws -> Int? {
    let deletions = report.drifts.count { $0.isDeletable(withForeign: deletesForeign) }
    let isExceeded = limit.isExceeded(by: deletions)
    // Delete first: a deleted row may hold an e-mail address that now belongs to another user.
    for index in report.drifts.indices where report.drifts[index].isUnlisted {
      let drift = report.drifts[index]
      report.drifts[index].repair =
        if !drift.isDeletable(withForeign: deletesForeign) {
          "kept"
        } else if isExceeded {
          "too many"
        } else {
          try await delete(drift.id)
        }
    }
    var writer = ObjectWriter(store, source: .reconcile)
    // A user without an address frees the one in the row.
    try writer.write(report.unusable.map { .failure($0) })
    for batch in differing.batches { try writer.write(batch.map { .success($0) }) }
    try writer.settleConflicts()
    var reasons: [String: String] = [:]
    for object in writer.tally.skipped { if let id = object.id { reasons[id] = object.reason } }
    for index in report.drifts.indices where !report.drifts[index].isUnlisted {
      report.drifts[index].repair = reasons[report.drifts[index].id] ?? Drift.repaired
    }
    return isExceeded ? deletions : nil
  }

  /// Deletes an object after Clerk's API has confirmed that it does not exist.
  private func delete(_ key: String) async throws -> String {
    if let api {
      guard let row = unlisted[key], let address = ObjectAddress(entity, row) else {
        let other: Entity = entity == .organizationMembership ? .user : .organization
        return "kept: no column has Clerk's id of its \(other.singular), which the confirmation needs"
      }
      if try await api.object(at: address) != nil { return "kept: Clerk has this \(entity.singular)" }
    }
    try store.delete(entity, key: key, source: .reconcile)
    return Drift.repaired
  }

  private func differences(of objects: [BackendObject]) throws -> [(object: BackendObject, drift: Drift)] {
    let comparisons = try store.compare(objects)
    return zip(objects, comparisons).compactMap { object, comparison in
      switch comparison {
      case .missing: (object, Drift(kind: .missing, entity, id: object.id))
      case .different(let columns): (object, Drift(kind: .different, entity, id: object.id, columns: columns))
      case .equal, .newer, .deleted: nil
      }
    }
  }
}

/// Limits deletions, so that a wrong key, an empty file or an incomplete list cannot empty a table.
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

  func isExceeded(by deletions: Int) -> Bool { deletions > limit && deletions > forced ?? 0 }

  /// Returns the reason why this many deletions are not allowed. `isOnlyOne` says that only one kind of objects is
  /// compared.
  func objection(to deletions: Int, of entity: Entity, isOnlyOne: Bool) -> String {
    "no \(entity.plural) were deleted: \(deletions) of \(rows) rows would be, more than the limit of \(limit); "
      + "to delete them all, add \(isOnlyOne ? "" : "--entity \(entity.rawValue) ")--force-deletes \(deletions)"
  }
}
