/// An answer as values; the transports write it (RFC 3875, section 6).
public struct Response: Sendable {
  public var status: Status
  public var headers: [(name: String, value: String)]
  public var body: [UInt8]
  /// Lines for the request's standard error, which web servers write into their error log.
  public var standardError = ""

  public init(status: Status, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// The bytes of a document response (RFC 3875, section 6.2.1).
  ///
  /// A response to HEAD carries the headers of the GET and no body (RFC 3875, section 4.3.3).
  func serialized(for method: String?) -> [UInt8] {
    var head = "Status: \(status.code) \(status.reason)\r\n"
    for header in headers {
      head += "\(header.name): \(header.value)\r\n"
    }
    head += "Content-Length: \(body.count)\r\n\r\n"
    return Array(head.utf8) + (method == "HEAD" ? [] : body)
  }
}
