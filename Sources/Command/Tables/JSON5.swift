import Settings

/// A JSON5 value with comments (json5.org).
indirect enum JSON5 {
  case text(String)
  /// A number, `true`, `false` or `null`, as it is written.
  case literal(String)
  case array([JSON5])
  case object([Member])

  struct Member {
    let key: String
    let value: JSON5
    /// A remark at the end of the line.
    var comment: String?
  }

  static let null = JSON5.literal("null")

  /// An object on one line.
  static func inline(_ members: KeyValuePairs<String, JSON5?>) -> JSON5 {
    .object(members.compactMap { key, value in value.map { Member(key: key, value: $0) } })
  }

  /// The value on one line, without comments.
  var inlineText: String {
    switch self {
    case .text(let text): JSONObject.encode(text)
    case .literal(let text): text
    case .array(let values): "[\(values.map(\.inlineText).joined(separator: ", "))]"
    case .object(let members):
      "{ \(members.map { "\(Self.key($0.key)): \($0.value.inlineText)" }.joined(separator: ", ")) }"
    }
  }

  /// The line of a member of an object whose members have lines of their own.
  static func line(_ member: Member, indentation: String) -> String {
    let comment = member.comment.map { "  // \(JSON5.comment($0))" } ?? ""
    return "\(indentation)\(key(member.key)): \(member.value.inlineText),\(comment)\n"
  }

  /// Returns the key, quoted unless it is an identifier of ASCII characters.
  static func key(_ name: String) -> String {
    let isIdentifier = name.wholeMatch(of: /[A-Za-z_$][A-Za-z0-9_$]*/) != nil
    return isIdentifier ? name : JSONObject.encode(name)
  }

  /// Returns the text for a comment, on one line.
  static func comment(_ text: String) -> String { text.singleLine }
}
