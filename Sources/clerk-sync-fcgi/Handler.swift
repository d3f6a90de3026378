import ClerkSync
import Gateway
import Glibc
import Logging
import Synchronization

/// The application as the transports know it: what it logs of a request goes to that request's standard
/// error, and from there into the web server's error log.
struct Handler: RequestHandler {
  let application: Application
  let format: LogFormat
  /// For what belongs to no request.
  let processLogger: Logger

  func bodyLimit(for parameters: Parameters) -> Int {
    application.bodyLimit(for: parameters)
  }

  func respond(to request: Request) -> Response {
    logged { application.respond(to: request, logger: $0) }
  }

  func respond(to error: RequestError, parameters: Parameters) -> Response {
    logged { application.respond(to: error, parameters: parameters, logger: $0) }
  }

  func connectionFailed(_ error: ConnectionError) {
    switch error {
    case .notAccepted(let number):
      processLogger.error(
        "a connection could not be accepted",
        metadata: ["reason": "\(unsafe String(cString: strerror(number)))"])
    case .noRequest:
      processLogger.warning("a connection sent no whole FastCGI request and was closed")
    }
  }

  private func logged(_ respond: (Logger) -> Response) -> Response {
    let lines = Lines()
    let logger = Logger(label: "clerk-sync") { _ in
      LineLogHandler(format: format) { line in lines.text.withLock { $0 += line } }
    }
    var response = respond(logger)
    response.standardError = lines.text.withLock(\.self)
    return response
  }

  private final class Lines: Sendable {
    let text = Mutex("")
  }
}
