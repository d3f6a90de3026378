/// Rows in aligned columns, under their names.
struct Table {
  struct Column {
    let name: String
    var isNumber = false
    /// Whether it gives way first where a terminal is too narrow.
    var isFlexible = false
    /// Whether a terminal shows it below its row, and nothing where there is nothing to say.
    var isDetail = false
    /// At least as wide, where there is room: so tables that follow one another line up.
    var minimumWidth = 0
    var colour: (@Sendable (String) -> Colour?)?
  }

  private let columns: [Column]
  private var rows: [[String?]] = []

  init(_ columns: [Column]) {
    self.columns = columns
  }

  /// `cells` may hold text from outside; it can neither begin a line nor command the terminal.
  mutating func append(_ cells: [String?]) {
    rows.append(cells.map { $0?.singleLine })
  }

  /// The lines; none takes more than `width` columns of the terminal, unless that is nil.
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

  /// By the number of the column.
  private func widths(of shown: [Int], within limit: Int?) -> [Int] {
    var widths = columns.indices.map { index in
      ([columns[index].name] + rows.map { $0[index] ?? "-" }).map(\.cells).max() ?? 0
    }
    for index in shown { widths[index] = max(widths[index], columns[index].minimumWidth) }
    guard let limit else { return widths }
    // The widest of the flexible columns gives way, a character at a time, and keeps enough to be recognized.
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
