import ClerkSync
import Foundation

/// The result of a comparison of the users table with Clerk.
struct DriftReport {
  var drifts: [Drift] = []
  /// The number of users that Clerk listed.
  var listed = 0
  /// The number of rows with an id in the users table.
  var rows = 0
  /// The number of rows without one.
  var rowsWithoutID = 0
  /// Users at Clerk that cannot be stored as a row.
  var unusable: [UnusableUser] = []

  /// The last object of the JSON output.
  private struct Summary: Encodable {
    let atClerk: Int
    let rows: Int
    let rowsWithoutID: Int
    let missing: Int
    let different: Int
    let extra: Int
    let foreign: Int
    let unusable: Int
  }

  /// The number of differences that have not been repaired. A foreign row is none.
  var remaining: Int { drifts.count { $0.kind != .foreign && $0.repair != Drift.repaired } }

  func print(asJSON: Bool) throws {
    if asJSON {
      for drift in drifts { try JSONLine.print(drift) }
      try JSONLine.print(
        Summary(
          atClerk: listed, rows: rows, rowsWithoutID: rowsWithoutID, missing: count(.missing),
          different: count(.different), extra: count(.extra), foreign: count(.foreign),
          unusable: unusable.count))
      return
    }
    if !drifts.isEmpty {
      // Without --apply, the column of repairs is empty.
      let columns = drifts.contains { $0.repair != nil } ? Drift.table : Drift.table.dropLast()
      var table = Table(columns)
      for drift in drifts { table.append(Array(drift.cells.prefix(columns.count))) }
      Swift.print(table.text())
    }
    for user in unusable { Swift.print("\(user.id ?? "a user") cannot be stored: \(user)") }
    Swift.print(
      "\(listed) users at Clerk, \(rows) rows: \(count(.missing)) missing, \(count(.different)) different, "
        + "\(count(.extra)) extra, \(count(.foreign)) foreign")
    if rowsWithoutID > 0 { Swift.print("rows without an id of Clerk's: \(rowsWithoutID)") }
  }

  private func count(_ kind: Drift.Kind) -> Int { drifts.count { $0.kind == kind } }
}

/// A difference between Clerk and the users table, about one user.
struct Drift: Encodable {
  enum Kind: String, Encodable {
    case missing, different, extra, foreign
  }

  let kind: Kind
  let user: String
  /// The names of the columns that differ. Their values are personal data and never printed.
  var columns: [String] = []
  /// The result of the repair; nil without --apply.
  var repair: String?

  static let repaired = "done"

  /// Whether there is a row that Clerk does not list.
  var isUnlisted: Bool { kind == .extra || kind == .foreign }

  /// Whether --apply deletes the row.
  func isDeletable(withForeign deletesForeign: Bool) -> Bool {
    kind == .extra || (deletesForeign && kind == .foreign && user.hasPrefix(ClerkSync.Entity.user.idPrefix))
  }

  /// The columns of the table that lists drifts.
  static let table: [Table.Column] = [
    .init(name: "drift", colour: { $0 == Kind.extra.rawValue ? .red : .yellow }),
    .init(name: "user"), .init(name: "columns", isFlexible: true), .init(name: "repair", isFlexible: true),
  ]

  var cells: [String?] {
    [kind.rawValue, user, columns.isEmpty ? nil : columns.joined(separator: ","), repair]
  }
}
