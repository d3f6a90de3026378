import Gateway
import Glibc
import Logging
import Server
import Settings
import Synchronization

/// Connects the application to the transports.
///
/// Log lines go to the standard error of the process. Where that is /dev/null, as under spawn-fcgi, the line
/// of a request goes to the request's own standard error, which the web server writes to its error log.
struct Handler: RequestHandler {
  let application: Application
  let format: LogFormat
  let processLogger: Logger
  /// The settings of a CGI process's only request, whose parameters are the environment.
  let onlySettings: RequestSettings?
  private let hasStandardError = StandardDescriptors.hasStandardError

  init(
    application: Application, format: LogFormat, processLogger: Logger, onlySettings: RequestSettings? = nil
  ) {
    self.application = application
    self.format = format
    self.processLogger = processLogger
    self.onlySettings = onlySettings
  }

  func settings(for parameters: Parameters) -> RequestSettings {
    onlySettings ?? application.settings(for: parameters)
  }

  func bodyLimit(_ settings: RequestSettings) -> Int { settings.bodyLimit }

  func respond(to request: Request, _ settings: RequestSettings) -> Response {
    logged { application.respond(to: request, settings, logger: $0) }
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
      processLogger.warning("a connection sent no complete FastCGI request and was closed")
    }
  }

  /// Reads the secret files again. All other settings come from the environment, which cannot change while a
  /// process runs.
  func reload() {
    do {
      let configuration = try Configuration(environment: .ofProcess())
      application.use(configuration)
      processLogger.info(
        "read the secret files again; other settings change only with a restart",
        metadata: ["secrets": "\(configuration.secrets.count)"])
    } catch {
      processLogger.error("not reloaded; the previous secrets stay in use", metadata: ["reason": "\(error)"])
    }
  }

  private func logged(_ respond: (Logger) -> Response) -> Response {
    if hasStandardError { return respond(processLogger) }
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
