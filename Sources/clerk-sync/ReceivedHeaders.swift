/// The headers of a delivery, as somebody has written them down.
struct ReceivedHeaders {
  static let parts = ["id", "timestamp", "signature"]

  private let fields: [(name: String, value: String)]

  /// Takes a header a line: `name: value`, also behind curl's `> `, or the CGI variable `HTTP_NAME=value`.
  init(_ text: String) {
    fields = text.split(whereSeparator: \.isNewline).compactMap { line in
      let line = line.drop { $0.isWhitespace || $0 == ">" || $0 == "<" }
      guard let end = line.firstIndex(where: { $0 == ":" || $0 == "=" }) else { return nil }
      let name = line[..<end].lowercased().replacing("_", with: "-")
      let isVariable = line[end] == "=" && name.hasPrefix("http-")
      return (isVariable ? String(name.dropFirst(5)) : name, String(line[line.index(after: end)...]).trimmed)
    }
  }

  /// Every value of the header of this lower-case name that is not empty.
  func values(_ name: String) -> [String] {
    fields.filter { $0.name == name && !$0.value.isEmpty }.map(\.value)
  }

  /// The headers of one family, `svix` or `webhook`, that are there.
  func present(in family: String) -> [String] {
    Self.parts.map { "\(family)-\($0)" }.filter { !values($0).isEmpty }
  }
}

extension String {
  /// Without white space at its ends.
  fileprivate var trimmed: String {
    let start = drop(while: \.isWhitespace)
    return start.lastIndex { !$0.isWhitespace }.map { String(start[...$0]) } ?? ""
  }
}
