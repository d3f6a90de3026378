extension String {
  /// This text in lines that fit the terminal, indented from the second on; in one line where there is no terminal.
  func wrapped(
    indentation: String, first: String = "", width: Int? = Terminal.isInteractive ? Terminal.width : nil
  ) -> String {
    guard let width else { return first + self }
    var lines = [first]
    var room = width - indentation.count
    for word in split(separator: " ") {
      if word.count + 1 > room, room < width - indentation.count {
        lines.append(indentation)
        room = width - indentation.count
      }
      let isFirst = room == width - indentation.count
      lines[lines.count - 1] += (isFirst ? "" : " ") + word
      room -= word.count + (isFirst ? 0 : 1)
    }
    return lines.joined(separator: "\n")
  }
}
