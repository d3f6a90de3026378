/// What a transport needs of the application behind it.
public protocol RequestHandler: Sendable {
  /// What the handler works out once for each request, before its body is read.
  associatedtype RequestSettings

  func settings(for parameters: Parameters) -> RequestSettings

  /// The longest body, in bytes, that this request may have; asked before any of it is read.
  func bodyLimit(_ settings: RequestSettings) -> Int

  /// Answers a whole request.
  func respond(to request: Request, _ settings: RequestSettings) -> Response

  /// Answers a request that did not become whole.
  func respond(to error: RequestError, parameters: Parameters) -> Response

  /// Takes note of a connection that ended without a request; there is nobody to answer.
  func connectionFailed(_ error: ConnectionError)

  /// Takes new what the process can take new without a restart; other requests may be in progress.
  func reload()
}

extension RequestHandler {
  /// One request from its parameters to its response: the body is read whole, or the request refused.
  ///
  /// `bodyRead` runs once the reading is over, however it ended.
  func exchange(
    _ parameters: Parameters, body source: inout some BodySource & ~Copyable, bodyRead: () -> Void = {}
  ) -> Response {
    let settings = settings(for: parameters)
    let body: [UInt8]
    do {
      defer { bodyRead() }
      body = try source.readBody(BodyLength(of: parameters), limit: bodyLimit(settings))
    } catch {
      return respond(to: error, parameters: parameters)
    }
    return respond(to: Request(parameters: parameters, body: body), settings)
  }
}

/// Why a FastCGI connection ended before there was a request to answer.
public enum ConnectionError: Error, Equatable, Sendable {
  /// `accept` failed with this `errno`; the loop pauses and tries again.
  case notAccepted(errno: Int32)
  /// The peer sent no complete, well-formed FCGI_BEGIN_REQUEST and FCGI_PARAMS within the read deadline.
  case noRequest
}
