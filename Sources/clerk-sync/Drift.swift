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
