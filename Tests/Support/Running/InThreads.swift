import Foundation
import Synchronization

/// Runs `body` in `count` threads, waits for all of them, and throws the first error.
public func inThreads(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Void) throws {
  let failure = FirstError()
  let group = DispatchGroup()
  for index in 0..<count {
    group.enter()
    Thread.detachNewThread {
      do { try body(index) } catch { failure.keep(error) }
      group.leave()
    }
  }
  group.wait()
  if let error = failure.error.withLock(\.self) { throw error }
}

private final class FirstError: Sendable {
  let error = Mutex<(any Error)?>(nil)

  func keep(_ new: any Error) {
    error.withLock { $0 = $0 ?? new }
  }
}
