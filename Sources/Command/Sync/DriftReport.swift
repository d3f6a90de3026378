import Foundation

/// What a comparison with Clerk has found.
struct DriftReport {
  var drifts: [Drift] = []
  /// How many users Clerk listed.
  var listed = 0
  /// How many rows there were.
  var rows = 0
  /// Users at Clerk who cannot become a row.
  var unusable: [(id: String?, reason: String)] = []

  /// The closing object of the JSON output.
  private struct Summary: Encodable {
    let atClerk: Int
    let rows: Int
    let missing: Int
    let different: Int
    let extra: Int
    let unusable: Int
  }

  /// How many drifts have not been repaired.
  var remaining: Int { drifts.count { $0.repair != Drift.repaired } }

  func print(asJSON: Bool) throws {
    if asJSON {
      for drift in drifts { try JSONLine.print(drift) }
      try JSONLine.print(
        Summary(
          atClerk: listed, rows: rows, missing: count(.missing), different: count(.different),
          extra: count(.extra), unusable: unusable.count))
      return
    }
    if !drifts.isEmpty {
      // Without --apply there is nothing to say of repairs.
      let columns = drifts.contains { $0.repair != nil } ? Drift.table : Drift.table.dropLast()
      var table = Table(columns)
      for drift in drifts { table.append(Array(drift.cells.prefix(columns.count))) }
      Swift.print(table.text())
    }
    for (id, reason) in unusable { Swift.print("\(id ?? "a user") cannot become a row: \(reason)") }
    Swift.print(
      "\(listed) users at Clerk, \(rows) rows: \(count(.missing)) missing, \(count(.different)) different, "
        + "\(count(.extra)) extra")
  }

  private func count(_ kind: Drift.Kind) -> Int { drifts.count { $0.kind == kind } }
}

/// A user of whom Clerk and the users table say different things.
struct Drift: Encodable {
  enum Kind: String, Encodable {
    case missing, different, extra
  }

  let kind: Kind
  let user: String
  /// The columns that differ; never their values.
  var columns: [String] = []
  /// What --apply came to; nil without it.
  var repair: String?

  static let repaired = "done"

  /// The columns of a table of drifts.
  static let table: [Table.Column] = [
    .init(name: "drift", colour: { $0 == Kind.extra.rawValue ? .red : .yellow }),
    .init(name: "user"), .init(name: "columns", isFlexible: true), .init(name: "repair", isFlexible: true),
  ]

  var cells: [String?] {
    [kind.rawValue, user, columns.isEmpty ? nil : columns.joined(separator: ","), repair]
  }
}
