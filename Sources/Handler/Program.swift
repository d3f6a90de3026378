import ClerkSync
import Gateway
import Glibc
import Logging
import Queue
import Server
import Settings

/// The life of the process, from start to exit.
enum Program {
  /// Answers one CGI request and exits.
  ///
  /// An invalid configuration is not fatal here. The variables are also the request's parameters, so the
  /// answer and its log line report the error.
  static func answerOnce(_ environment: Parameters) -> Never {
    let application = Application(configuration: Configuration(), isLongLived: false)
    let settings = application.settings(for: environment)
    CGITransport(handler: handler(application, log: settings.log, onlySettings: settings)).serve()
    // Nothing is left to write. The exit handlers would free what libcrypto has set up.
    _exit(EX_OK)
  }

  /// Serves FastCGI requests until a signal asks it to stop, then exits.
  static func serve(_ listener: Int32, _ environment: Parameters) -> Never {
    // First, because a SIGHUP during startup would otherwise end the process.
    let signals = ControlSignals()
    let configuration: Configuration
    do {
      configuration = try Configuration(environment: environment)
    } catch {
      fail("\(error)", exitCode: EX_CONFIG)
    }
    let handler = handler(Application(configuration: configuration), log: configuration.log)
    announce(configuration, handler)

    var options = FastCGIServer.Options()
    options.threads = threads(configuration)
    do {
      let cutOff = try FastCGIServer(listener: listener, handler: handler, options: options)
        .run(until: signals)
      if cutOff > 0 {
        handler.processLogger.error(
          "stopped; requests still running were cut off", metadata: ["count": "\(cutOff)"])
        // The remaining threads still use what exit(3) would tear down.
        _exit(EX_OK)
      }
      handler.processLogger.info("stopped")
      exit(EX_OK)
    } catch {
      fail("\(error)", exitCode: EX_OSERR)
    }
  }

  static func explainUsage() -> Never {
    fail(
      """
      this is a FastCGI and CGI program, started by a web server or a supervisor.
      To try it here:  make run
      To start it:     spawn-fcgi -n -s /run/clerk-sync/clerk-sync.sock -M 0660 -- clerk-sync.fcgi
      Its settings are environment variables; conf/clerk-sync.env.example lists them.
      """, exitCode: EX_USAGE)
  }

  private static func handler(
    _ application: Application, log format: LogFormat, onlySettings: RequestSettings? = nil
  ) -> Handler {
    let logger = Logger(label: "clerk-sync") { _ in
      LineLogHandler(format: format, write: writeToStandardError)
    }
    return Handler(
      application: application, format: format, processLogger: logger, onlySettings: onlySettings)
  }

  /// Logs the setup of this process and prepares the database, so that errors appear at startup. They are not
  /// fatal, because they may be repaired while the process runs.
  private static func announce(_ configuration: Configuration, _ handler: Handler) {
    let logger = handler.processLogger
    let destination: Logger.Metadata =
      configuration.queue.map { ["queue": "\($0)"] } ?? ["database": "\(configuration.database)"]
    logger.info(
      "started", metadata: destination.merging(["threads": "\(threads(configuration))"]) { $1 })
    if configuration.secrets.isEmpty {
      logger.warning(
        "no signing secret: set CLERK_WEBHOOK_SIGNING_SECRET, unless the web server passes it with each request"
      )
    }
    if let warning = configuration.toleranceWarning { logger.warning("\(warning.what): \(warning.remedy)") }
    if let queue = configuration.queue {
      do {
        try handler.application.check(queue: queue)
      } catch {
        logger.error("the queue is not ready", metadata: ["reason": "\(error.reason)"])
      }
      return
    }
    do {
      try handler.application.prepare()
    } catch {
      logger.error("the database is not ready", metadata: ["reason": "\(error)"])
    }
  }

  /// Group commit gains from concurrent requests up to about 16 threads, Redis from more.
  private static func threads(_ configuration: Configuration) -> Int {
    configuration.threads ?? (configuration.queue == nil ? 16 : 32)
  }

  private static func fail(_ message: String, exitCode: Int32) -> Never {
    writeToStandardError("clerk-sync.fcgi: \(message)\n")
    exit(exitCode)
  }

  private static func writeToStandardError(_ text: String) {
    var text = text
    text.withUTF8 { _ = unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
