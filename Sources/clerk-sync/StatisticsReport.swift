import ClerkSync

/// What `clerk-sync stats` tells in JSON: the database's numbers, and with a queue its own as `queue`.
struct StatisticsReport: Encodable {
  private enum CodingKeys: CodingKey {
    case queue
  }

  let statistics: Statistics
  let queue: QueueFacts?

  func encode(to encoder: any Encoder) throws {
    try statistics.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(queue, forKey: .queue)
  }
}
