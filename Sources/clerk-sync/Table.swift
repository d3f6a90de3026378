/// Rows in aligned columns, under their names.
struct Table {
  struct Column {
    let name: String
    var isNumber = false
    /// Whether it gives way first where a terminal is too narrow.
    var isFlexible = false
    var colour: (@Sendable (String) -> Colour?)?
  }

  private let columns: [Column]
  private var rows: [[String]] = []

  init(_ columns: [Column]) {
    self.columns = columns
  }

  /// `cells` may hold text from outside; it can neither begin a line nor command the terminal.
  mutating func append(_ cells: [String?]) {
    rows.append(cells.map { ($0 ?? "-").singleLine })
  }

  /// The lines; none is longer than `width` characters, unless that is nil.
  func text(width: Int? = Terminal.isInteractive ? Terminal.width : nil) -> String {
    let widths = widths(within: width)
    let head = line(columns.map(\.name), widths) { _, text in text }
    let body = rows.map { row in
      line(row, widths) { index, text in columns[index].colour?(row[index]).map { $0(text) } ?? text }
    }
    return ([head] + body).map { "\($0)\n" }.joined()
  }

  private func widths(within limit: Int?) -> [Int] {
    var widths = columns.indices.map { index in
      ([columns[index].name] + rows.map { $0[index] }).map(\.count).max() ?? 0
    }
    guard let limit else { return widths }
    // The widest of the flexible columns gives way, a character at a time, and keeps enough to be recognized.
    while widths.reduce(0, +) + 2 * (widths.count - 1) > limit {
      let flexible = columns.indices.filter { columns[$0].isFlexible && widths[$0] > 8 }
      guard let widest = flexible.max(by: { widths[$0] < widths[$1] }) else { break }
      widths[widest] -= 1
    }
    return widths
  }

  private func line(_ cells: [String], _ widths: [Int], style: (Int, String) -> String) -> String {
    var line = ""
    for (index, cell) in cells.enumerated() {
      let text = cell.count <= widths[index] ? cell : "\(cell.prefix(widths[index] - 1))…"
      let padding = String(repeating: " ", count: widths[index] - text.count)
      let isLast = index == cells.count - 1
      line +=
        columns[index].isNumber ? padding + style(index, text) : style(index, text) + (isLast ? "" : padding)
      if !isLast { line += "  " }
    }
    return line
  }
}
