import FoundationEssentials

/// A flat JSON object whose keys keep their order, which JSONEncoder does not promise.
struct JSONObject {
  private var members: [String] = []

  mutating func append(_ key: String, _ value: String) {
    members.append("\(Self.encode(key)):\(Self.encode(value))")
  }

  mutating func append(_ key: String, _ value: Int) {
    members.append("\(Self.encode(key)):\(value)")
  }

  var text: String { "{\(members.joined(separator: ","))}" }

  static func encode(_ text: String) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    // A String is valid Unicode, which is all that encoding one asks for.
    return (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
  }
}
