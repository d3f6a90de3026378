import CFastCGI
import Glibc
import Synchronization

/// Answers FastCGI requests on a listening socket until a signal asks the process to stop.
///
/// Each worker is a thread with its own request. The calling thread starts the workers, waits for signals and
/// checks the deadlines. After a stop signal the workers accept nothing more, finish the requests in
/// progress, and end.
public struct FastCGIServer: Sendable {
  public struct Options: Sendable {
    /// Number of worker threads, which is the number of requests answered concurrently.
    public var threads = 4
    /// Time limit for receiving a complete request, and again for closing after the response.
    public var readDeadline: Duration = .seconds(10)
    /// Time limit for finishing the requests in progress after a stop signal.
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

  /// Serves until a signal asks it to stop. Returns the number of requests that were still running at the
  /// stop limit.
  public func run(until signals: ControlSignals) throws(FastCGIError) -> Int {
    var signals = signals
    signal(SIGPIPE, SIG_IGN)
    // By default each thread gets a heap of its own, which keeps the memory that it has freed from the others
    // (mallopt(3)). Two heaps save a third of the memory of 16 threads.
    mallopt(M_ARENA_MAX, 2)
    // The time in milliseconds that libfcgi waits, after the response, for a peer to close its end.
    unsafe setenv("LIBFCGI_OS_CLOSE_POLL_TIMEOUT", "250", 0)
    let result = FCGX_Init()
    guard result == 0 else { throw .system(call: "FCGX_Init", errno: result) }

    let stop = try StopSignal()
    // Create all workers before any of them accepts connections, which could use up the descriptors that they
    // need.
    let workers = try (0..<options.threads).map { _ throws(FastCGIError) in
      WorkerThread(
        listener: try Listener(listener, stop: stop), blank: try BlankRequest(), handler: handler,
        watchdog: Watchdog(limit: options.readDeadline))
    }
    let running = RunningThreads()
    for worker in workers { try running.start { worker.run() } }

    // Frequent enough for the deadline to be precise, rare enough to let an idle machine sleep.
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

/// The reason why the FastCGI server could not start.
public enum FastCGIError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A call to the operating system or to libfcgi failed with this `errno`.
  case system(call: String, errno: Int32)

  public var description: String {
    switch self {
    case .system(let call, let number): unsafe "\(call) failed: \(String(cString: strerror(number)))"
    }
  }
}

/// Starts threads and counts those still running.
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
