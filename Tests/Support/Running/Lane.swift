import Foundation
import Synchronization
public import Testing

/// A limit on the number of concurrent test cases, for suites whose tests start programs or wait.
///
/// Swift Testing runs as many cases at once as there are processors, each on a thread of the cooperative
/// pool. A case that waits for a program leaves its processor idle, and two cases that each use all
/// processors make a web server's timeouts expire. A case in a lane runs on its own thread instead, once the
/// lane has room.
public struct Lane: SuiteTrait, TestTrait, TestScoping {
  private let name: String
  private let places: Places

  private init(_ name: String, width: Int) {
    (self.name, places) = (name, Places(width))
  }

  /// For tests that start a few programs and wait for their answers.
  fileprivate static let ofPrograms = Lane(
    "programs", width: max(2, ProcessInfo.processInfo.activeProcessorCount * 2))
  /// For tests that use all processors.
  fileprivate static let ofLoads = Lane("loads", width: 1)
  /// For tests that mostly wait for a timeout or a pause of the program under test.
  fileprivate static let ofWaits = Lane("waits", width: 8)

  public var isRecursive: Bool { true }

  public func scopeProvider(for test: Test, testCase: Test.Case?) -> Lane? {
    // Applies to each case, not also to its function or its suite.
    testCase == nil ? nil : self
  }

  public func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await withTaskExecutorPreference(OwnThread()) {
      await places.take()
      defer { places.give() }
      let start = ContinuousClock.now
      defer { TestTimes.add(ContinuousClock.now - start, to: test) }
      try await function()
    }
  }
}

extension Trait where Self == Lane {
  public static var programs: Self { .ofPrograms }
  public static var load: Self { .ofLoads }
  public static var waits: Self { .ofWaits }
}

/// The free places of a lane, assigned in the order of the requests.
private final class Places: Sendable {
  private struct State {
    var free: Int
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state: Mutex<State>

  init(_ count: Int) {
    state = Mutex(State(free: count))
  }

  func take() async {
    await withCheckedContinuation { continuation in
      let hasPlace = state.withLock { state in
        guard state.free == 0 else {
          state.free -= 1
          return true
        }
        state.waiting.append(continuation)
        return false
      }
      if hasPlace { continuation.resume() }
    }
  }

  func give() {
    state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
      state.free += 1
      return nil
    }?.resume()
  }
}

/// Runs each job on a new thread, which may block.
private final class OwnThread: TaskExecutor {
  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    Thread.detachNewThread { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

/// Records the duration of each case in a lane, excluding its wait for a place, in the file named by
/// CLERK_SYNC_TEST_TIMES. Each line holds a suite and seconds. Swift Testing's own durations include the
/// wait.
private enum TestTimes {
  private static let file = ProcessInfo.processInfo.environment["CLERK_SYNC_TEST_TIMES"].flatMap {
    FileHandle(forWritingAtPath: $0)
  }

  static func add(_ duration: Duration, to test: Test) {
    let suite = "\(test.id)".split(separator: "/").first ?? ""
    try? file?.write(contentsOf: Data("\(suite)\t\(duration / .seconds(1))\n".utf8))
  }
}
