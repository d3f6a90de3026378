/// A response as values, which a transport serializes (RFC 3875, section 6).
public struct Response: Sendable {
  public var status: Status
  public var headers: [(name: String, value: String)]
  public var body: [UInt8]
  /// Log lines for the request's standard error stream, which web servers write to their error log.
  public var standardError = ""

  public init(status: Status, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// Returns the bytes of a document response (RFC 3875, section 6.2.1).
  ///
  /// A response to HEAD carries the headers of the GET and no body (RFC 3875, section 4.3.3).
  func serialized(for method: String?) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.typicalHeadLength + body.count)
    func append(_ texts: String...) {
      for text in texts { bytes += text.utf8 }
    }
    append("Status: ", String(status.code), " ", status.reason, "\r\n")
    for (name, value) in headers { append(name, ": ", value, "\r\n") }
    append("Content-Length: ", String(body.count), "\r\n\r\n")
    if method != "HEAD" { bytes += body }
    return bytes
  }

  /// The space reserved for the headers, in bytes.
  private static let typicalHeadLength = 256
}

/// An HTTP status code with its reason phrase (RFC 9110, section 15).
public struct Status: Equatable, Sendable {
  public let code: Int
  public let reason: String

  public static let ok = Status(code: 200, reason: "OK")
  public static let badRequest = Status(code: 400, reason: "Bad Request")
  public static let unauthorized = Status(code: 401, reason: "Unauthorized")
  public static let notFound = Status(code: 404, reason: "Not Found")
  public static let methodNotAllowed = Status(code: 405, reason: "Method Not Allowed")
  public static let contentTooLarge = Status(code: 413, reason: "Content Too Large")
  public static let tooManyRequests = Status(code: 429, reason: "Too Many Requests")
  public static let internalServerError = Status(code: 500, reason: "Internal Server Error")
  public static let serviceUnavailable = Status(code: 503, reason: "Service Unavailable")
}
