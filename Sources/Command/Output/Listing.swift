import Foundation
import Settings

/// A list of rows: printed one by one as JSON lines, or collected and printed as a table.
struct Listing<Row: Encodable> {
  private(set) var isEmpty = true
  private var table: Table
  private let asJSON: Bool

  init(_ columns: [Table.Column], asJSON: Bool) {
    table = Table(columns)
    self.asJSON = asJSON
  }

  /// Adds rows. `cells` returns the cells of a row in the table.
  mutating func append(_ rows: [Row], cells: (Row) -> [String?]) throws {
    for row in rows {
      isEmpty = false
      if asJSON { try JSONLine.print(row) } else { table.append(cells(row)) }
    }
  }

  /// Prints the table, or `message` if it has no rows. JSON output needs no end.
  func finish(ifEmpty message: String? = nil) {
    if asJSON { return }
    if !isEmpty { return print(table.text(), terminator: "") }
    if let message { print(message) }
  }
}

/// Output for scripts: one JSON object per line, so that a list can be processed as it is printed.
enum JSONLine {
  static func print(_ value: some Encodable) throws {
    Swift.print(try text(value))
  }

  /// Returns the line, without its line break.
  static func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return JSONObject.inert(String(decoding: try encoder.encode(value), as: UTF8.self))
  }
}
