import ClerkSync

/// Failed entries that wait for a retry without blocking the entries behind them.
struct WaitingEntries {
  /// Doubles the pause with each try. The 25 tries of ``QueueWorker/Options/tries`` take about a day, as long
  /// as Svix would retry a delivery.
  private static let backoff = Backoff(first: .seconds(1), longest: .seconds(7200))

  private struct Wait {
    /// The two numbers of the entry's id, which give the order of arrival.
    let place: (milliseconds: UInt64, count: UInt64)
    var due: ContinuousClock.Instant
    /// What only another entry can mend.
    var obstacle: Obstacle?
    /// Whether that is mended, which makes a retry worthwhile before it is due.
    var isFreed = false
  }

  private var waits: [String: Wait] = [:]

  var isEmpty: Bool { waits.isEmpty }

  /// All ids, in order of arrival.
  var ids: [String] { Self.sorted(waits) }

  /// Returns up to `count` entries to retry now, in order of arrival.
  func ready(_ count: Int) -> [String] {
    let now = ContinuousClock.now
    return Array(Self.sorted(waits.filter { $0.value.isFreed || $0.value.due <= now }).prefix(count))
  }

  /// The time at which the next entry is due.
  var nextDue: ContinuousClock.Instant? { waits.values.map(\.due).min() }

  /// Returns whether a failure now counts as a try. A retry before its time does not.
  func counts(_ id: String) -> Bool {
    waits[id].map { $0.due <= .now } ?? true
  }

  /// Schedules the next retry after this number of tries.
  mutating func wait(_ id: String, tries: Int, for obstacle: Obstacle?) {
    wait(id, Self.backoff.pause(after: tries), for: obstacle)
  }

  /// Schedules a retry in 30 seconds for an entry whose try could not be counted.
  mutating func waitUncounted(_ id: String, for obstacle: Obstacle?) {
    wait(id, .seconds(30), for: obstacle)
  }

  /// Leaves the entry's schedule unchanged after an early retry.
  mutating func wait(_ id: String, for obstacle: Obstacle?) {
    waits[id]?.obstacle = obstacle
    waits[id]?.isFreed = false
  }

  /// What entries wait for, by entry id.
  var obstacles: [String: Obstacle] {
    waits.filter { !$0.value.isFreed }.compactMapValues(\.obstacle)
  }

  /// Makes these entries ready for an immediate retry.
  mutating func free(_ ids: some Sequence<String>) {
    for id in ids { waits[id]?.isFreed = true }
  }

  mutating func remove(_ ids: some Sequence<String>) {
    for id in ids { waits[id] = nil }
  }

  private mutating func wait(_ id: String, _ pause: Duration, for obstacle: Obstacle?) {
    waits[id] = Wait(place: QueueEntry.numbers(of: id) ?? (0, 0), due: .now + pause, obstacle: obstacle)
  }

  private static func sorted(_ waits: [String: Wait]) -> [String] {
    waits.sorted { $0.value.place < $1.value.place }.map(\.key)
  }
}
