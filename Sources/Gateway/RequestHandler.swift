/// The application, as seen by a transport.
public protocol RequestHandler: Sendable {
  /// The settings of one request, evaluated once, before its body is read.
  associatedtype RequestSettings

  func settings(for parameters: Parameters) -> RequestSettings

  /// Returns the body size limit of this request, in bytes. Called before the body is read.
  func bodyLimit(_ settings: RequestSettings) -> Int

  /// Answers a complete request.
  func respond(to request: Request, _ settings: RequestSettings) -> Response

  /// Answers an incomplete request.
  func respond(to error: RequestError, parameters: Parameters) -> Response

  /// Records a connection that ended without a request. There is no peer left to answer.
  func connectionFailed(_ error: ConnectionError)

  /// Reloads the settings that can change without a restart. Other requests may be in progress.
  func reload()
}

extension RequestHandler {
  /// Answers one request: reads its body completely and passes it to the handler, or refuses it.
  ///
  /// `bodyRead` runs once reading has ended, successfully or not.
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

/// The reason why a FastCGI connection ended without a request.
public enum ConnectionError: Error, Equatable, Sendable {
  /// `accept` failed with this `errno`. The loop pauses and retries.
  case notAccepted(errno: Int32)
  /// The peer did not send a complete, well-formed FCGI_BEGIN_REQUEST and FCGI_PARAMS before the read
  /// deadline.
  case noRequest
}
