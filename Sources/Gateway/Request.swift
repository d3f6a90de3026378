/// A complete request: all parameters and the whole body have arrived.
public struct Request: Sendable {
  public let parameters: Parameters
  public let body: [UInt8]

  public init(parameters: Parameters, body: [UInt8] = []) {
    self.parameters = parameters
    self.body = body
  }
}

/// The reason why a request is incomplete. The application never sees its body.
public enum RequestError: Error, Equatable, Sendable {
  /// CONTENT_LENGTH is present and not a decimal number (RFC 3875, section 4.1.2).
  case malformedContentLength
  /// The body is longer than `limit` bytes. At most `limit` + 1 bytes of it were read.
  case bodyTooLarge(limit: Int)
  /// The body ended, or its sender disconnected, after `received` bytes. `expected` is nil without
  /// CONTENT_LENGTH.
  case incompleteBody(expected: Int?, received: Int)
  /// More than CONTENT_LENGTH bytes arrived.
  case excessBody(expected: Int)
}
