import Glibc
import Synchronization

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
