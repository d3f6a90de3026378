extension String {
  /// This text in lines that fit the terminal, indented from the second on; in one line where there is no terminal.
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
