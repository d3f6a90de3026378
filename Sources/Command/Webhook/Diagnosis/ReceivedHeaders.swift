import Svix

/// The headers of a delivery, as recorded in a file.
struct ReceivedHeaders {
  static let parts = ["id", "timestamp", "signature"]

  private let fields: [(name: String, value: String)]

  /// Parses one header per line: `name: value`, optionally after curl's `> `, or the CGI variable `HTTP_NAME=value`.
  init(_ text: String) {
    fields = text.split(whereSeparator: \.isNewline).compactMap { line in
      let line = line.drop { $0.isWhitespace || $0 == ">" || $0 == "<" }
      guard let end = line.firstIndex(where: { $0 == ":" || $0 == "=" }) else { return nil }
      let name = line[..<end].lowercased().replacing("_", with: "-")
      let isVariable = line[end] == "=" && name.hasPrefix("http-")
      return (isVariable ? String(name.dropFirst(5)) : name, String(line[line.index(after: end)...]).trimmed)
    }
  }

  /// Returns the non-empty values of a header. `name` is in lower case.
  func values(_ name: String) -> [String] {
    fields.filter { $0.name == name && !$0.value.isEmpty }.map(\.value)
  }

  /// Returns the headers present in one family, `svix` or `webhook`.
  func present(in family: String) -> [String] {
    Self.parts.map { "\(family)-\($0)" }.filter { !values($0).isEmpty }
  }
}

extension String {
  /// The text without leading and trailing white space.
  fileprivate var trimmed: String {
    let start = drop(while: \.isWhitespace)
    return start.lastIndex { !$0.isWhitespace }.map { String(start[...$0]) } ?? ""
  }
}

/// Problems of the headers themselves, independent of the signed content. Each is one line with its remedy.
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
        "no svix-* header at all: record the headers of the request, not of the response, one `name: value` per line"
      ]
    case (1...2, 3):
      return [
        "no \(missing("svix", svix)): the webhook-* headers are complete, but are ignored if any svix-* header is "
          + "present; pass on all headers of one family"
      ]
    case (1...2, _):
      return [
        "no \(missing("svix", svix)): configure the web server, and any proxy in front of it, to pass on all svix-* "
          + "headers"
      ]
    case (0, 1...2):
      return ["no \(missing("webhook", webhook)): pass on all webhook-* headers, or all svix-*"]
    case (3, 1...):
      return ["webhook-* headers are present as well: only the svix-* headers count"]
    default:
      return []
    }
  }

  private var repetitions: [String] {
    ["svix", "webhook"].flatMap(present(in:)).filter { values($0).count > 1 }.map {
      "\($0) occurs \(values($0).count) times: find what adds it in transit; it is unknown which one was signed"
    }
  }

  private var valueProblems: [String] {
    let family = present(in: "svix").isEmpty ? "webhook" : "svix"
    var lines: [String] = []
    if values("\(family)-id").contains(where: { $0.contains(".") }) {
      lines.append("the id contains a full stop, which Svix never sends: a custom sender must use other ids")
    }
    for timestamp in values("\(family)-timestamp") where !timestamp.utf8.areDecimalDigits {
      lines.append("the timestamp is not a number of seconds: send seconds since 1970, digits only")
    }
    for timestamp in values("\(family)-timestamp") where timestamp.isInMilliseconds {
      lines.append(
        "the timestamp is in milliseconds: send seconds since 1970, which have 10 digits, and sign those")
    }
    for part in ["id", "timestamp"]
    where values("\(family)-\(part)").contains(where: { $0.contains(where: \.isWhitespace) }) {
      lines.append("white space inside \(family)-\(part): find what folds or joins headers in transit")
    }
    for signature in values("\(family)-signature") { lines += Self.problems(ofSignature: signature) }
    return lines
  }

  /// Checks the entries of a signature: each is `v1,` and the base64 of 32 bytes, 44 characters with one of padding.
  private static func problems(ofSignature signature: String) -> [String] {
    let entries = signature.split(whereSeparator: \.isWhitespace)
    let hmacs = entries.filter { $0.hasPrefix("v1,") }
    guard !hmacs.isEmpty else {
      let versions = Set(entries.map { String($0.prefix { $0 != "," }.prefix(8)).singleLine }).sorted()
      return [
        "no v1 signature, only \(versions.joined(separator: " and ")): the handler accepts only HMAC-SHA256 with a shared "
          + "secret; configure the sender to use it"
      ]
    }
    return hmacs.filter { !(46...47).contains($0.count) }.map {
      "a v1 signature of \($0.count - 3) characters, expected 44: it was truncated, folded or joined in transit"
    }
  }
}

extension String {
  /// Whether a timestamp of digits is in milliseconds since 1970, at a time between 2001 and 2286.
  var isInMilliseconds: Bool { utf8.count == 13 && utf8.areDecimalDigits }
}
