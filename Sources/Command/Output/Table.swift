/// A text table with aligned columns and a header line.
struct Table {
  struct Column {
    let name: String
    var isNumber = false
    /// Whether the column may be truncated if the terminal is too narrow.
    var isFlexible = false
    /// Whether a terminal shows a non-empty cell on a line below its row, rather than in a column.
    var isDetail = false
    /// The minimum width, space permitting. It aligns tables that are printed one after another.
    var minimumWidth = 0
    var colour: (@Sendable (String) -> Colour?)?
  }

  private let columns: [Column]
  private var rows: [[String?]] = []

  init(_ columns: [Column]) {
    self.columns = columns
  }

  /// Appends a row. `cells` may contain untrusted text: line breaks and control characters are replaced.
  mutating func append(_ cells: [String?]) {
    rows.append(cells.map { $0?.singleLine })
  }

  /// Returns the lines of the table, each at most `width` terminal columns wide if that is not nil.
  func text(hasHead: Bool = true, width: Int? = Terminal.isInteractive ? Terminal.width : nil) -> String {
    let beside = columns.indices.filter { width == nil || !columns[$0].isDetail }
    let widths = widths(of: beside, within: width)
    var lines =
      hasHead
      ? [
        line(of: beside, widths) {
          columns[$0].name
        } style: { _, text in
          text
        }
      ] : []
    for row in rows {
      lines.append(
        line(of: beside, widths) {
          row[$0] ?? "-"
        } style: { index, text in
          columns[index].colour?(row[index] ?? "-").map { $0(text) } ?? text
        })
      for index in columns.indices where !beside.contains(index) {
        if let detail = row[index] {
          lines.append(detail.wrapped(indentation: "  ", first: "  ", width: width))
        }
      }
    }
    return lines.map { "\($0)\n" }.joined()
  }

  /// Returns the width of each column, by index.
  private func widths(of shown: [Int], within limit: Int?) -> [Int] {
    var widths = columns.indices.map { index in
      ([columns[index].name] + rows.map { $0[index] ?? "-" }).map(\.cells).max() ?? 0
    }
    for index in shown { widths[index] = max(widths[index], columns[index].minimumWidth) }
    guard let limit else { return widths }
    // Shrink the widest flexible column by one at a time. Eight columns keep an id recognizable.
    while shown.reduce(0, { $0 + widths[$1] }) + 2 * (shown.count - 1) > limit {
      let flexible = shown.filter { columns[$0].isFlexible && widths[$0] > 8 }
      guard let widest = flexible.max(by: { widths[$0] < widths[$1] }) else { break }
      widths[widest] -= 1
    }
    return widths
  }

  private func line(
    of shown: [Int], _ widths: [Int], cell: (Int) -> String, style: (Int, String) -> String
  ) -> String {
    var line = ""
    for index in shown {
      let whole = cell(index)
      let text = whole.cells <= widths[index] ? whole : "\(whole.prefix(cells: widths[index] - 1))…"
      let padding = String(repeating: " ", count: widths[index] - text.cells)
      let isLast = index == shown.last
      line +=
        columns[index].isNumber ? padding + style(index, text) : style(index, text) + (isLast ? "" : padding)
      if !isLast { line += "  " }
    }
    return line
  }
}
