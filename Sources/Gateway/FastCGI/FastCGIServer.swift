import CFastCGI
import Glibc
import Synchronization

/// Answers FastCGI requests on a listening socket until the process is asked to stop.
///
/// Each worker is a thread with a request of its own. This thread starts them, waits for a signal and
/// watches the deadlines meanwhile; after one that asks to stop the workers accept no more, finish what they
/// have begun, and end.
public struct FastCGIServer: Sendable {
  public struct Options: Sendable {
    /// Number of worker threads, and so of requests answered at the same time.
    public var threads = 4
    /// The longest a peer may take to send one request whole, and to take leave after the response.
    public var readDeadline: Duration = .seconds(10)
    /// The longest a stop waits for requests in progress.
    public var stopLimit: Duration = .seconds(14)

    public init() {}
  }

  private let listener: Int32
  private let handler: any RequestHandler
  private let options: Options

  public init(listener: Int32, handler: any RequestHandler, options: Options = Options()) {
    self.listener = listener
    self.handler = handler
    self.options = options
  }

  /// Serves until a signal asks to stop; returns how many requests the stop cut off.
  public func run(until signals: ControlSignals) throws(FastCGIError) -> Int {
    var signals = signals
    signal(SIGPIPE, SIG_IGN)
    // libfcgi waits this many milliseconds for a peer that keeps its end open after the response.
    unsafe setenv("LIBFCGI_OS_CLOSE_POLL_TIMEOUT", "250", 0)
    let result = FCGX_Init()
    guard result == 0 else { throw .system(call: "FCGX_Init", errno: result) }

    let stop = try StopSignal()
    // All before the first of them takes connections, and with those the descriptors that the others need.
    let workers = try (0..<options.threads).map { _ throws(FastCGIError) in
      WorkerThread(
        listener: try Listener(listener, stop: stop), handler: handler,
        watchdog: Watchdog(limit: options.readDeadline))
    }
    let running = RunningThreads()
    for worker in workers { try running.start { worker.run() } }

    // Often enough for the deadline's purpose, and rarely enough for an idle machine.
    let tick = min(900, max(10, Int(options.readDeadline / .milliseconds(10))))
    serving: while true {
      switch signals.next(within: tick) {
      case .stop: break serving
      case .reload: handler.reload()
      case nil: break
      }
      for worker in workers { worker.watchdog.sweep() }
    }
    stop.raise()
    let limit = ContinuousClock.now + options.stopLimit
    while running.count > 0 && ContinuousClock.now < limit {
      for worker in workers { worker.watchdog.sweep() }
      usleep(5000)
    }
    return running.count
  }
}

/// Why the FastCGI server could not start.
public enum FastCGIError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A call to the operating system or to libfcgi failed with this `errno`.
  case system(call: String, errno: Int32)

  public var description: String {
    switch self {
    case .system(let call, let number): unsafe "\(call) failed: \(String(cString: strerror(number)))"
    }
  }
}

/// Starts threads and knows how many are still running.
final class RunningThreads: Sendable {
  private let running = Atomic(0)

  var count: Int { running.load(ordering: .acquiring) }

  func start(_ body: @escaping @Sendable () -> Void) throws(FastCGIError) {
    let work = unsafe Unmanaged.passRetained(
      Work {
        body()
        self.running.subtract(1, ordering: .releasing)
      })
    var thread = pthread_t()
    running.add(1, ordering: .relaxed)
    let result = unsafe pthread_create(
      &thread, nil,
      { argument in
        if let argument = unsafe argument {
          unsafe Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
        }
        return nil
      }, work.toOpaque())
    guard result == 0 else { throw .system(call: "pthread_create", errno: result) }
    pthread_detach(thread)
  }

  private final class Work {
    let body: () -> Void

    init(_ body: @escaping () -> Void) {
      self.body = body
    }
  }
}
