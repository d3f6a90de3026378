/// What a transport needs of the application behind it.
public protocol RequestHandler: Sendable {
  /// The longest body, in bytes, that this request may have; asked before any of it is read.
  func bodyLimit(for parameters: Parameters) -> Int

  /// Answers a whole request.
  func respond(to request: Request) -> Response

  /// Answers a request that did not become whole.
  func respond(to error: RequestError, parameters: Parameters) -> Response

  /// Takes note of a connection that ended without a request; there is nobody to answer.
  func connectionFailed(_ error: ConnectionError)

  /// Takes new what the process can take new without a restart; other requests may be in progress.
  func reload()
}
