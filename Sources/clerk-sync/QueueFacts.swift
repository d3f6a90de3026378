import ClerkSync
import Redis

/// What `clerk-sync stats` tells of the queue: its numbers, or why there are none.
struct QueueFacts: Encodable {
  private enum CodingKeys: CodingKey {
    case error
  }

  let result: Result<QueueStatistics, RedisError>

  init(_ queue: DeliveryQueue) {
    result = Result { () throws(RedisError) in try queue.statistics() }
  }

  func encode(to encoder: any Encoder) throws {
    switch result {
    case .success(let statistics): try statistics.encode(to: encoder)
    case .failure(let error):
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode("\(error)", forKey: .error)
    }
  }

  /// Rows of two cells for people.
  var rows: [[String?]] {
    switch result {
    case .success(let queue):
      [
        ["queue", "\(queue.entries) to do, \(queue.pending) of them with a worker"],
        ["oldest in the queue", queue.oldest.map(Self.time)],
        ["oldest with a worker", queue.oldestPending.map(Self.time)],
        ["dead letters", "\(queue.deadLetters)"],
      ]
    case .failure(let error): [["queue", "\(error)"]]
    }
  }

  private static func time(_ milliseconds: Int64) -> String {
    let time = Timestamp(milliseconds: milliseconds)
    return "\(time), \(time.age)"
  }
}
