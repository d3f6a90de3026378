import FoundationEssentials
import Gateway
import Settings

extension Response {
  /// Returns a response with a JSON object.
  static func json(
    _ status: Status, _ object: JSONObject, headers: [(name: String, value: String)] = []
  ) -> Response {
    json(status, Array("\(object.text)\n".utf8), headers: headers)
  }

  /// Returns a response with the value as JSON.
  static func json(_ status: Status, _ value: some Encodable) -> Response {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Cannot fail: the values contain only texts and finite numbers.
    let json = (try? encoder.encode(value)).map(Array.init) ?? Array("{}".utf8)
    return .json(status, json + Array("\n".utf8))
  }

  /// Returns this response with headers that prevent caching, and that keep a browser from executing or
  /// framing it.
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

/// A response and its name in the log.
struct Reply {
  let outcome: String
  let response: Response
  /// Whether the request recurs every few seconds and is not worth a log line.
  var isRoutine = false
}
