import Foundation
import Settings

/// Output for scripts: one JSON object a line, so that a list needs no end.
enum JSONLine {
  static func print(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    Swift.print(JSONObject.inert(String(decoding: try encoder.encode(value), as: UTF8.self)))
  }
}
