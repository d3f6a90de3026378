import ClerkSync
import Foundation
import Logging
import Queue

/// What a consumer does with a change.
protocol ChangeAction: Sendable, CustomStringConvertible {
  /// Handles the change. Returns nil, or the reason why it failed, which contains no output of others.
  func perform(_ change: RowChange) async -> String?
}

/// Handles the changes for one consumer, one after the other, and records its position after each.
///
/// A change is handled at least once: after a crash between its end and the record of it, it is handled again.
struct ChangeConsumption: Sendable {
  /// The number of changes of one read.
  private static let page = 100
  private static let pollInterval = Duration.milliseconds(500)

  let store: UserStore
  let name: String
  let filter: ChangeFilter
  let action: any ChangeAction
  /// The number of tries of a change before it is set aside.
  let tries: Int
  let logger: Logger
  private var databaseBackoff = Backoff(first: .milliseconds(500), longest: .seconds(30))

  init(
    store: UserStore, name: String, filter: ChangeFilter, action: any ChangeAction, tries: Int, logger: Logger
  ) {
    (self.store, self.name, self.filter) = (store, name, filter)
    (self.action, self.tries, self.logger) = (action, tries, logger)
  }

  /// Runs until the task is cancelled, or with `once` until no change is left. A new consumer begins at `start`.
  ///
  /// Throws a CancellationError, or a ``StoreError`` that does not pass by waiting.
  mutating func run(from start: UserStore.ChangeStart, once: Bool) async throws {
    var position = try await untilAvailable { store, name throws(StoreError) in
      try store.position(ofConsumer: name, from: start)
    }
    while true {
      let due = try await untilAvailable { store, name throws(StoreError) in
        try store.failedChanges(consumer: name, isDue: true, limit: Self.page)
      }
      for failed in due { try await handle(failed.change, earlierTries: failed.tries) }
      let (from, filter) = (position, filter)
      let (changes, examined) = try await untilAvailable { store, _ throws(StoreError) in
        try store.changes(after: from, filter, limit: Self.page)
      }
      for change in changes { try await handle(change) }
      if let examined {
        if changes.last?.seq != examined { try await advance(to: examined, now: nil) }
        position = examined
      } else if due.isEmpty {
        if once { return }
        try await Task.sleep(for: Self.pollInterval)
      }
    }
  }

  /// Tries the change until it succeeds or is set aside. `earlierTries` is not nil for one that had been set aside.
  private mutating func handle(_ change: RowChange, earlierTries: Int64? = nil) async throws {
    var backoff = Backoff(first: .seconds(1), longest: .seconds(60))
    for attempt in 1...tries {
      try Task.checkCancellation()
      let (action, start) = (action, ContinuousClock.now)
      // A task of its own is not cancelled with this one: a change that is being handled may be finished.
      let reason = await Task { await action.perform(change) }.value
      var metadata: Logger.Metadata = [
        "seq": .stringConvertible(Int(change.seq)), "entity": "\(change.entity.rawValue)",
        "id": "\(change.id)",
        "operation": "\(change.operation)", "try": .stringConvertible(attempt),
        "ms": .stringConvertible(Int((ContinuousClock.now - start) / .milliseconds(1))),
      ]
      guard let reason else {
        if earlierTries != nil {
          try await untilAvailable { store, name throws(StoreError) in
            _ = try store.removeFailedChange(consumer: name, seq: change.seq)
          }
        }
        try await advance(to: change.seq, now: Timestamp.now.milliseconds)
        return logger.info("handled", metadata: metadata)
      }
      metadata["reason"] = "\(reason)"
      guard attempt < tries else {
        let total = (earlierTries ?? 0) + Int64(attempt)
        try await untilAvailable { store, name throws(StoreError) in
          try store.setAside(
            change, consumer: name, tries: total, reason: reason, now: Timestamp.now.milliseconds)
        }
        return logger.error("failed, and set aside", metadata: metadata)
      }
      let pause = backoff.next()
      metadata["pause_s"] = .stringConvertible(Int(pause / .seconds(1)))
      logger.warning("failed, and will be tried again", metadata: metadata)
      try await Task.sleep(for: pause)
    }
  }

  private mutating func advance(to position: Int64, now: Int64?) async throws {
    let isKnown = try await untilAvailable { store, name throws(StoreError) in
      try store.advance(consumer: name, to: position, now: now)
    }
    guard isKnown else {
      throw CommandFailure(
        "the database no longer has the consumer \(name): it was replaced; start the consumer again")
    }
  }

  /// Repeats `body` until the database is available.
  private mutating func untilAvailable<Value>(
    _ body: (UserStore, String) throws(StoreError) -> Value
  ) async throws -> Value {
    while true {
      do throws(StoreError) {
        let value = try body(store, name)
        if databaseBackoff.isUnderWay { logger.info("the database is available again") }
        databaseBackoff.reset()
        return value
      } catch {
        guard error.passes else { throw error }
        if !databaseBackoff.isUnderWay {
          logger.error("the database is unavailable; the changes wait", metadata: ["reason": "\(error)"])
        }
      }
      try await Task.sleep(for: databaseBackoff.next())
    }
  }
}

extension StoreError {
  /// Whether waiting can help without a change of the settings.
  fileprivate var passes: Bool {
    switch self {
    case .noChanges, .missing, .missingApplication, .notPrepared, .newerSchema: false
    default: true
    }
  }
}
