import FoundationEssentials
import Gateway
import Settings

extension Response {
  /// An answer with a JSON object.
  static func json(
    _ status: Status, _ object: JSONObject, headers: [(name: String, value: String)] = []
  ) -> Response {
    json(status, Array("\(object.text)\n".utf8), headers: headers)
  }

  /// An answer with the value in JSON.
  static func json(_ status: Status, _ value: some Encodable) -> Response {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Texts and finite numbers are all that there is in them.
    let json = (try? encoder.encode(value)).map(Array.init) ?? Array("{}".utf8)
    return .json(status, json + Array("\n".utf8))
  }

  /// This answer with what keeps it out of caches, and a browser that opens it from running or framing anything.
  func guarded() -> Response {
    var response = self
    response.headers.append(("Cache-Control", "no-store"))
    response.headers.append(("X-Content-Type-Options", "nosniff"))
    response.headers.append(("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"))
    return response
  }

  private static func json(
    _ status: Status, _ body: [UInt8], headers: [(name: String, value: String)] = []
  ) -> Response {
    Response(status: status, headers: headers + [("Content-Type", "application/json")], body: body).guarded()
  }
}

/// A response and the word the log has for it.
struct Reply {
  let outcome: String
  let response: Response
  /// Whether it is asked for every few seconds and of no interest to the log.
  var isRoutine = false
}
