import ClerkSync
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite struct ConcurrencyTests {
  @Test(arguments: 0..<10)
  func `Several threads can be the first to use a store`(round: Int) throws {
    let database = try TestDatabase("data/app.db")
    let failures = inParallel(8) { thread in
      try database.store.create(.ada("user_\(thread)"))
      try database.store.update(.ada("user_\(thread)", role: "admin"))
    }
    #expect(failures == [])
    #expect(try database.column("SELECT count(*) || ' ' || min(role) FROM users") == ["8 admin"])
  }

  @Test func `A deletion is final, even if other threads change the user`() throws {
    let database = try TestDatabase()
    let failures = inParallel(8) { thread in
      for time in 0..<10 {
        if (thread + time) % 4 == 3 {
          try database.store.delete("user_1")
        } else {
          try database.store.create(.ada())
        }
      }
    }
    #expect(try database.store.create(.ada()) == .stale)
    #expect(failures == [])
    #expect(try database.users().isEmpty)
  }

  /// Runs `body` in `count` threads at once and returns the errors thrown.
  private func inParallel(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Void) -> [String] {
    let failures = Failures()
    let group = DispatchGroup()
    for thread in 0..<count {
      group.enter()
      Thread.detachNewThread {
        defer { group.leave() }
        do {
          try body(thread)
        } catch {
          failures.list.withLock { $0.append("\(error)") }
        }
      }
    }
    group.wait()
    return failures.list.withLock(\.self)
  }

  private final class Failures: Sendable {
    let list = Mutex<[String]>([])
  }
}
