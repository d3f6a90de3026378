/// How a queue stands, in numbers.
public struct QueueStatistics: Encodable, Equatable, Sendable {
  /// The deliveries that are not done.
  public let entries: Int64
  /// Of these the ones that no worker has been given yet.
  public let lag: Int64
  /// Of these the ones that a worker has been given: it is at them, they wait for their next try, or it has died.
  public let pending: Int64
  /// When the oldest that is not done was queued, in milliseconds since 1970.
  public let oldest: Int64?
  /// When the oldest that no worker has been given yet was queued, in milliseconds since 1970.
  public let oldestWaiting: Int64?
  /// When the oldest that a worker has been given was queued, in milliseconds since 1970.
  public let oldestPending: Int64?
  /// The deliveries that were given up.
  public let deadLetters: Int64
}
