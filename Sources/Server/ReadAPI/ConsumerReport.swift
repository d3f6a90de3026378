import ClerkSync

/// A consumer of the change feed, and how far it is behind.
struct ConsumerReport: Encodable, Equatable {
  /// The age of a pending change, in seconds, beyond which its consumer counts as late: one hour. A consumer that runs
  /// handles a change within seconds, and sets it aside after its last retry.
  static let longestWait: Int64 = 3600

  let name: String
  /// The number of changes that it has yet to handle.
  let pending: Int64
  /// When the oldest of these was made, in milliseconds since 1970; nil if there is none.
  let oldestPending: Int64?
  /// Seconds since then.
  let oldestAge: Int64?
  /// The number of changes that it has set aside.
  let failed: Int64
  /// When it handled a change last, in milliseconds since 1970; nil if it never has.
  let lastHandled: Int64?

  init(_ consumer: ChangeConsumer, now: Int64) {
    (name, pending, failed) = (consumer.name, consumer.pending, consumer.failed)
    (oldestPending, lastHandled) = (consumer.oldestPending, consumer.lastHandled)
    oldestAge = oldestPending.map { $0.age(at: now) }
  }

  /// The age of its oldest pending change in seconds; 0 if there is none.
  var lag: Int64 { oldestAge ?? 0 }

  /// Whether its oldest pending change has waited too long.
  var isLate: Bool { lag > Self.longestWait }

  /// Returns nil if there are no consumers, so that JSON leaves them out.
  static func all(_ consumers: [ChangeConsumer], now: Int64) -> [ConsumerReport]? {
    consumers.isEmpty ? nil : consumers.map { ConsumerReport($0, now: now) }
  }
}
