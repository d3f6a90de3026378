import ClerkSync
import Foundation

/// The result of a comparison of a table with Clerk.
struct DriftReport {
  let entity: Entity
  var drifts: [Drift] = []
  /// The number of objects that Clerk listed.
  var listed = 0
  /// The number of rows with an id in the table.
  var rows = 0
  /// The number of rows without one.
  var rowsWithoutID = 0
  /// Objects at Clerk that cannot be stored as a row.
  var unusable: [UnusableObject] = []

  /// The last object of the JSON output for a kind of objects.
  private struct Summary: Encodable {
    let entity: Entity
    let atClerk: Int
    let rows: Int
    let rowsWithoutID: Int
    let missing: Int
    let different: Int
    let extra: Int
    let foreign: Int
    let unusable: Int
  }

  /// The differences, and those of them that have not been repaired. A foreign row is none.
  var figures: ReconciliationFigures {
    ReconciliationFigures(
      found: DriftCounts(drifts), remaining: DriftCounts(drifts.filter { $0.repair != Drift.repaired }),
      foreign: drifts.count { $0.kind == .foreign }, unusable: unusable.count)
  }

  func print(asJSON: Bool) throws {
    let (found, foreign) = (figures.found, figures.foreign)
    if asJSON {
      for drift in drifts { try JSONLine.print(drift) }
      try JSONLine.print(
        Summary(
          entity: entity, atClerk: listed, rows: rows, rowsWithoutID: rowsWithoutID, missing: found.missing,
          different: found.different, extra: found.extra, foreign: foreign,
          unusable: unusable.count))
      return
    }
    if !drifts.isEmpty {
      // Without --apply, the column of repairs is empty.
      let all = Drift.table(of: entity)
      let columns = drifts.contains { $0.repair != nil } ? all : all.dropLast()
      var table = Table(columns)
      for drift in drifts { table.append(Array(drift.cells.prefix(columns.count))) }
      Swift.print(table.text())
    }
    for object in unusable {
      Swift.print("\(object.id ?? "one of the \(entity.plural)") cannot be stored: \(object)")
    }
    Swift.print(
      "\(listed) \(entity.plural) at Clerk, \(rows) rows: \(found.missing) missing, \(found.different) different, "
        + "\(found.extra) extra, \(foreign) foreign")
    if rowsWithoutID > 0 { Swift.print("rows without an id of Clerk's: \(rowsWithoutID)") }
  }

  func hasUnusable(_ id: String?) -> Bool { unusable.contains { $0.id == id } }
}

extension DriftCounts {
  fileprivate init(_ drifts: [Drift]) {
    func count(_ kind: Drift.Kind) -> Int { drifts.count { $0.kind == kind } }
    self.init(missing: count(.missing), different: count(.different), extra: count(.extra))
  }
}

/// A difference between Clerk and a table, about one object.
struct Drift: Encodable {
  enum Kind: String, Encodable {
    case missing, different, extra, foreign
  }

  let kind: Kind
  let entity: Entity
  /// Clerk's id, or what identifies the row; see ``BackendObject/key``.
  let id: String
  /// The id again if the object is a user: version 0.1.0 of the command had no other name for it.
  let user: String?
  /// The names of the columns that differ. Their values are personal data and never printed.
  let columns: [String]
  /// The result of the repair; nil without --apply.
  var repair: String?

  static let repaired = "done"

  init(kind: Kind, _ entity: Entity, id: String, columns: [String] = []) {
    (self.kind, self.entity, self.id, self.columns) = (kind, entity, id, columns)
    user = entity == .user ? id : nil
  }

  /// Whether there is a row that Clerk does not list.
  var isUnlisted: Bool { kind == .extra || kind == .foreign }

  /// Whether --apply deletes the row.
  func isDeletable(withForeign deletesForeign: Bool) -> Bool {
    kind == .extra || (deletesForeign && kind == .foreign && entity.hasForm(ofKey: id))
  }

  /// Returns the columns of the table that lists drifts.
  static func table(of entity: Entity) -> [Table.Column] {
    [
      .init(name: "drift", colour: { $0 == Kind.extra.rawValue ? .red : .yellow }),
      .init(name: entity.singular), .init(name: "columns", isFlexible: true),
      .init(name: "repair", isFlexible: true),
    ]
  }

  var cells: [String?] {
    [kind.rawValue, id, columns.isEmpty ? nil : columns.joined(separator: ","), repair]
  }
}
