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
