import Foundation
import Synchronization
import TestSupport
import Testing

@Suite struct RollingRestartTests {
  private final class Tally: Sendable {
    /// The users of every delivery that was answered with 200.
    let applied = Mutex<Set<String>>([])
    let failed = Atomic(0)
    let isOver = Atomic(false)
  }

  private let folder: TemporaryFolder
  private let listener: FileHandle
  private let tally = Tally()

  init() throws {
    folder = try TemporaryFolder(inMemory: true)
    listener = try UnixSocket.listen(at: folder.file("s"))
  }

  @Test func `Twelve restarts under load lose nothing`() throws {
    let running = Mutex(try start(0))
    try inThreads(5) { [self] thread in
      if thread == 0 {
        defer { tally.isOver.store(true, ordering: .relaxed) }
        for number in 1...12 {
          usleep(150_000)
          try running.withLock { $0 = try replace($0, number) }
        }
        usleep(150_000)
      } else {
        try deliver(as: thread)
      }
    }
    let applied = tally.applied.withLock(\.self)
    #expect(tally.failed.load(ordering: .relaxed) == 0)
    #expect(applied.count > 100)
    #expect(try storedUsers(in: folder.file("app.db")) == applied)
    running.withLock { #expect($0.process.isRunning) }
  }

  /// Stops a handler; its successor overlaps it, or every other time leaves a gap.
  private func replace(_ handler: Handler, _ number: Int) throws -> Handler {
    let early = number.isMultiple(of: 2) ? nil : try start(number)
    // Until its workers run, a signal would end it as it ends any program.
    try #require(try eventually { try handler.process.threads > 1 })
    handler.process.send(SIGTERM)
    try #require(handler.process.exitStatus(within: 15) == 0)
    return try early ?? start(number)
  }

  private func start(_ number: Int) throws -> Handler {
    try Handler(in: folder, listener: listener, log: "\(number).log")
  }

  private func deliver(as client: Int) throws {
    var number = 0
    while !tally.isOver.load(ordering: .relaxed) {
      number += 1
      let id = "user_\(client)_\(number)"
      let delivery = try SignedDelivery(Payload.user(id: id))
      let connection = try FastCGIClient(folder.file("s"))
      connection.send(FastCGIRecord.request(delivery.parameters, body: delivery.body))
      if let answer = connection.answer(), answer.status == 200, answer["outcome"] == "applied" {
        tally.applied.withLock { _ = $0.insert(id) }
      } else {
        tally.failed.add(1, ordering: .relaxed)
      }
    }
  }
}
