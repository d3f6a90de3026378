import ClerkSync

/// Entries that failed by their own fault and wait to be tried again, after those that came behind them.
struct WaitingEntries {
  /// Twice as long from try to try, and about a day for the 25 of ``QueueWorker/Options/tries``: as long as Svix would
  /// repeat a delivery.
  private static let backoff = Backoff(first: .seconds(1), longest: .seconds(7200))

  private struct Wait {
    /// The entry's id as its two numbers, in whose order they came.
    let place: (milliseconds: UInt64, count: UInt64)
    var due: ContinuousClock.Instant
    /// What somebody else's row has and the entry needs.
    var address: NeededAddress?
    /// Whether nobody has that any more, so that it is worth a try before its time.
    var isFreed = false
  }

  private var waits: [String: Wait] = [:]

  var isEmpty: Bool { waits.isEmpty }

  /// All of them, in the order in which they came.
  var ids: [String] { Self.sorted(waits) }

  /// Up to `count` that are to be tried now, in the order in which they came.
  func ready(_ count: Int) -> [String] {
    let now = ContinuousClock.now
    return Array(Self.sorted(waits.filter { $0.value.isFreed || $0.value.due <= now }).prefix(count))
  }

  /// When the next one is due.
  var nextDue: ContinuousClock.Instant? { waits.values.map(\.due).min() }

  /// Whether a failure now is one more try: not when an entry is tried before its time.
  func counts(_ id: String) -> Bool {
    waits[id].map { $0.due <= .now } ?? true
  }

  /// Has the entry wait after so many tries.
  mutating func wait(_ id: String, tries: Int, for address: NeededAddress?) {
    wait(id, Self.backoff.pause(after: tries), for: address)
  }

  /// Has the entry wait for half a minute, since its try could not be counted.
  mutating func waitUncounted(_ id: String, for address: NeededAddress?) {
    wait(id, .seconds(30), for: address)
  }

  /// Has the entry wait on as it did.
  mutating func wait(_ id: String, for address: NeededAddress?) {
    waits[id]?.address = address
    waits[id]?.isFreed = false
  }

  /// The addresses that are waited for, by entry.
  var addresses: [String: NeededAddress] {
    waits.filter { !$0.value.isFreed }.compactMapValues(\.address)
  }

  /// Has these be tried now.
  mutating func free(_ ids: some Sequence<String>) {
    for id in ids { waits[id]?.isFreed = true }
  }

  mutating func remove(_ ids: some Sequence<String>) {
    for id in ids { waits[id] = nil }
  }

  private mutating func wait(_ id: String, _ pause: Duration, for address: NeededAddress?) {
    waits[id] = Wait(place: QueueEntry.numbers(of: id) ?? (0, 0), due: .now + pause, address: address)
  }

  private static func sorted(_ waits: [String: Wait]) -> [String] {
    waits.sorted { $0.value.place < $1.value.place }.map(\.key)
  }
}
