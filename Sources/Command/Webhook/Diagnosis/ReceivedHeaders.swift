import Svix

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

/// What is wrong with the headers themselves, whatever was signed; each in one line, with what to do.
extension ReceivedHeaders {
  var problems: [String] { familyProblems + repetitions + valueProblems }

  private var familyProblems: [String] {
    let (svix, webhook) = (present(in: "svix"), present(in: "webhook"))
    let missing = { (family: String, present: [String]) in
      Self.parts.map { "\(family)-\($0)" }.filter { !present.contains($0) }.joined(separator: ", ")
    }
    switch (svix.count, webhook.count) {
    case (0, 0):
      return [
        "no svix-* header at all: write down the request's headers, `name: value` a line, not the answer's"
      ]
    case (1...2, 3):
      return [
        "no \(missing("svix", svix)): the webhook-* headers are complete, but count only where no svix-* header is "
          + "there; pass on all of one family"
      ]
    case (1...2, _):
      return [
        "no \(missing("svix", svix)): let the web server and what is before it pass on all svix-* headers"
      ]
    case (0, 1...2):
      return ["no \(missing("webhook", webhook)): pass on all webhook-* headers, or all svix-*"]
    case (3, 1...):
      return ["webhook-* headers are there as well: only the svix-* ones count"]
    default:
      return []
    }
  }

  private var repetitions: [String] {
    ["svix", "webhook"].flatMap(present(in:)).filter { values($0).count > 1 }.map {
      "\($0) came \(values($0).count) times: find what adds it on the way; which of them was signed cannot be known"
    }
  }

  private var valueProblems: [String] {
    let family = present(in: "svix").isEmpty ? "webhook" : "svix"
    var lines: [String] = []
    if values("\(family)-id").contains(where: { $0.contains(".") }) {
      lines.append("the id holds a full stop: Svix sends none; a sender of one's own needs other ids")
    }
    for timestamp in values("\(family)-timestamp") where !timestamp.utf8.areDecimalDigits {
      lines.append("the timestamp is not a number of seconds: send seconds since 1970, in digits only")
    }
    for part in ["id", "timestamp"]
    where values("\(family)-\(part)").contains(where: { $0.contains(where: \.isWhitespace) }) {
      lines.append("white space inside \(family)-\(part): find what folds or joins headers on the way")
    }
    for signature in values("\(family)-signature") { lines += Self.problems(ofSignature: signature) }
    return lines
  }

  /// An entry is `v1,` and the base64 of 32 bytes, 44 characters of which the last is padding.
  private static func problems(ofSignature signature: String) -> [String] {
    let entries = signature.split(whereSeparator: \.isWhitespace)
    let hmacs = entries.filter { $0.hasPrefix("v1,") }
    guard !hmacs.isEmpty else {
      let versions = Set(entries.map { String($0.prefix { $0 != "," }.prefix(8)).singleLine }).sorted()
      return [
        "no v1 signature, only \(versions.joined(separator: " and ")): the handler takes HMAC-SHA256 by a shared secret; "
          + "have the sender sign with one"
      ]
    }
    return hmacs.filter { !(46...47).contains($0.count) }.map {
      "a v1 signature of \($0.count - 3) characters, where 44 are expected: it was cut, folded or joined on the way"
    }
  }
}
