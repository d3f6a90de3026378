extension String {
  /// Returns the text wrapped to the terminal's width, with all lines but the first indented. Without a terminal, the
  /// text stays on one line.
  func wrapped(
    indentation: String, first: String = "", width: Int? = Terminal.isInteractive ? Terminal.width : nil
  ) -> String {
    guard let width else { return first + self }
    let size = max(1, width - indentation.count)
    var lines = [first]
    var room = size
    for word in split(separator: " ").flatMap({ $0.pieces(cells: size) }) {
      if word.cells + 1 > room, room < size {
        lines.append(indentation)
        room = size
      }
      let isFirst = room == size
      lines[lines.count - 1] += (isFirst ? "" : " ") + word
      room -= word.cells + (isFirst ? 0 : 1)
    }
    return lines.joined(separator: "\n")
  }
}

extension String {
  /// The text with characters replaced that end a line, change its direction or control a terminal.
  var singleLine: String {
    String(
      String.UnicodeScalarView(
        unicodeScalars.map { scalar in
          switch scalar.properties.generalCategory {
          case .control, .format, .lineSeparator, .paragraphSeparator: "\u{fffd}"
          default: scalar
          }
        }))
  }
}

extension StringProtocol {
  /// The width of the text in terminal columns: two for each wide (East Asian) character, none for a combining mark.
  var cells: Int { reduce(0) { $0 + $1.cells } }

  /// Returns the longest prefix that fits into `limit` columns.
  func prefix(cells limit: Int) -> SubSequence {
    var room = limit
    return prefix { character in
      room -= character.cells
      return room >= 0
    }
  }

  /// Returns the text in pieces of at most `limit` columns, but at least one character each.
  func pieces(cells limit: Int) -> [SubSequence] {
    var pieces: [SubSequence] = []
    var rest = self[...]
    while !rest.isEmpty {
      let piece = rest.prefix(Swift.max(1, rest.prefix(cells: limit).count))
      pieces.append(piece)
      rest = rest[piece.endIndex...]
    }
    return pieces
  }
}

extension Character {
  fileprivate var cells: Int { isASCII ? 1 : unicodeScalars.reduce(0) { $0 + $1.cells } }
}

extension Unicode.Scalar {
  /// The blocks that Unicode defines as wide or full width (unicode.org/reports/tr11). Emoji have a property instead.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xa960...0xa97f, 0xac00...0xd7a3, 0xf900...0xfaff,
    0xfe10...0xfe19, 0xfe30...0xfe6f, 0xff00...0xff60, 0xffe0...0xffe6, 0x16fe0...0x18dff, 0x1aff0...0x1b2ff,
    0x1f300...0x1f64f, 0x1f680...0x1f6ff, 0x1f900...0x1f9ff, 0x20000...0x3fffd,
  ]

  fileprivate var cells: Int {
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark: 0
    default: properties.isEmojiPresentation || Self.wide.contains { $0.contains(value) } ? 2 : 1
    }
  }
}
