public import ClerkSync
public import Gateway
public import Logging
public import Settings
import Synchronization

/// The application behind the transports: from a request to its response.
public final class Application: Sendable {
  private let current: Mutex<Configuration>
  let isLongLived: Bool
  let clock: WallClock
  let statistics: ProcessStatistics
  /// The number of reads in progress.
  let readers = Atomic(0)
  /// The limit on concurrent reads: one less than the number of threads, which leaves one thread for
  /// deliveries.
  let maxReaders: Int
  private let stores = StoreCache()
  let queues = QueueCache()

  /// `isLongLived` states that this process answers more than one request.
  public init(configuration: Configuration, isLongLived: Bool = true, clock: WallClock = .system) {
    current = Mutex(configuration)
    self.isLongLived = isLongLived
    self.clock = clock
    statistics = ProcessStatistics(start: clock.now())
    maxReaders = max(1, min(3, (configuration.threads ?? 4) - 1))
  }

  /// Replaces the configuration for future requests. A request in progress keeps the configuration with which
  /// it began.
  public func use(_ configuration: Configuration) {
    current.withLock { $0 = configuration }
  }

  /// Creates the database and its tables where they are missing. Throws if that is impossible. Must not be
  /// called when a queue is used.
  public func prepare() throws(StoreError) {
    try store(configuration).prepare()
  }

  /// Returns the settings of a request: those of the process, overridden by the parameters that the web
  /// server passes.
  public func settings(for parameters: Parameters) -> RequestSettings {
    RequestSettings(configuration, overriddenBy: parameters)
  }

  /// Answers a complete request and logs one line about it.
  public func respond(to request: Request, _ settings: RequestSettings, logger: Logger) -> Response {
    recorded(request.parameters, logger: logger) { record throws(RequestFailure) in
      let route = try Route(request.parameters, webhookPaths: settings.webhookPaths)
      let configuration = try settings.configuration()
      switch route {
      // With a setting that cannot be used, this may be a path of CLERK_SYNC_PATH.
      case nil: throw .notFound
      case .webhook: return try receive(request, configuration, record: &record)
      case .health: return try reportHealth(request.parameters, configuration)
      case .read(let route): return try read(route, request.parameters, configuration)
      }
    }
  }

  /// Answers an incomplete request and logs one line about it.
  public func respond(to error: RequestError, parameters: Parameters, logger: Logger) -> Response {
    recorded(parameters, logger: logger) { _ throws(RequestFailure) in throw .request(error) }
  }

  private var configuration: Configuration { current.withLock(\.self) }

  func store(_ configuration: Configuration) -> UserStore {
    stores.store(configuration, isLongLived: isLongLived, clock: clock)
  }

  /// Runs `body`, converts its failure into a response, and writes the request's one log line.
  private func recorded(
    _ parameters: Parameters, logger: Logger,
    _ body: (inout RequestLog) throws(RequestFailure) -> Reply
  ) -> Response {
    let start = ContinuousClock.now
    // Used for the log only, because it is not verified yet.
    let ids = ["svix-id", "webhook-id"].flatMap(parameters.values(ofHeader:))
    var record = RequestLog(svixID: ids.first { !$0.isEmpty })
    let reply: Reply
    do {
      reply = try body(&record)
    } catch {
      record.reason = error.reason
      reply = Reply(outcome: error.code, response: error.response)
      statistics.count(rejection: error.code)
    }
    let duration = ContinuousClock.now - start
    if record.isVerified { statistics.count(duration, of: reply, now: clock.now()) }
    record.log(reply, duration: duration, to: logger)
    return reply.response
  }
}
