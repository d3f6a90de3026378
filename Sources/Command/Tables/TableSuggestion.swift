import ClerkSync

/// A suggested mapping of one table.
struct TableSuggestion {
  /// A table that is mapped, with the column that holds Clerk's id.
  struct Target {
    let table: DatabaseSchema.Table
    let key: String
  }

  let entity: Entity
  let table: DatabaseSchema.Table
  let samples: [String: ColumnSample]
  /// Comments above the mapping, each on a line.
  var remarks: [String] = []
  var key: [JSON5.Member] = []
  var columns: [JSON5.Member] = []
  var insert: [JSON5.Member] = []
  var withoutEmail: String?
  var match: JSON5?
  /// What a deletion writes into the row; empty if it deletes the row.
  var onDelete: [JSON5.Member] = []
  /// The columns without a mapping, each with the reason.
  var unmapped: [(column: String, reason: String)] = []

  init(_ entity: Entity, _ table: DatabaseSchema.Table, samples: [String: ColumnSample]) {
    (self.entity, self.table, self.samples) = (entity, table, samples)
  }

  /// The member of the mapping file, in JSON5.
  var text: String {
    var text = "  \(entity.rawValue): {\n"
    for remark in remarks { text += "    // \(JSON5.comment(remark))\n" }
    text += line("table", .text(table.name))
    text +=
      key.count == 1 && key[0].comment != nil
      ? block("key", key) : line("key", .object(key))
    text += block("columns", columns) + block("insert", insert)
    if let withoutEmail { text += line("withoutEmail", .text(withoutEmail)) }
    if let match { text += line("match", match, "for rows whose key is NULL") }
    if onDelete.isEmpty {
      text += line("onDelete", .text("delete"))
    } else {
      text += "    onDelete: {\n"
      text += block("set", onDelete, indentation: "      ")
      text += "    },\n"
    }
    if !unmapped.isEmpty { text += "    // Columns without a mapping:\n" }
    for (column, reason) in unmapped { text += "    //   \(JSON5.comment("\(column): \(reason)"))\n" }
    return text + "  },\n"
  }

  private func line(_ key: String, _ value: JSON5, _ comment: String? = nil) -> String {
    JSON5.line(JSON5.Member(key: key, value: value, comment: comment), indentation: "    ")
  }

  private func block(_ name: String, _ members: [JSON5.Member], indentation: String = "    ") -> String {
    guard !members.isEmpty else { return "" }
    let lines = members.map { JSON5.line($0, indentation: "\(indentation)  ") }
    return "\(indentation)\(name): {\n\(lines.joined())\(indentation)},\n"
  }
}
