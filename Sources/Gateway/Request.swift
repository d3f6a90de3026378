/// One whole request: every parameter and every byte of the body have arrived.
public struct Request: Sendable {
  public let parameters: Parameters
  public let body: [UInt8]

  public init(parameters: Parameters, body: [UInt8] = []) {
    self.parameters = parameters
    self.body = body
  }
}

/// Why a request did not become whole. Its body never reaches the application.
public enum RequestError: Error, Equatable, Sendable {
  /// CONTENT_LENGTH is present and not a decimal number (RFC 3875, section 4.1.2).
  case malformedContentLength
  /// The body is longer than `limit` bytes; none of it, or no more than that, was read.
  case bodyTooLarge(limit: Int)
  /// The body ended, or its sender went away, after `received` bytes; `expected` is nil without CONTENT_LENGTH.
  case incompleteBody(expected: Int?, received: Int)
  /// More than CONTENT_LENGTH bytes arrived.
  case excessBody(expected: Int)
}
