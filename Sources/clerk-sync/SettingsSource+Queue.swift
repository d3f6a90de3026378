import ClerkSync
import Redis

extension SettingsSource {
  /// The queue that is configured.
  func queue() throws -> DeliveryQueue { DeliveryQueue(try queueAddress()) }

  /// Where it is.
  func queueAddress() throws -> RedisAddress {
    guard let address = try configuration().queue else {
      throw CommandFailure(
        "no queue is configured: set CLERK_SYNC_QUEUE, or CLERK_SYNC_QUEUE_FILE, to the URL of a Redis server",
        status: .configuration)
    }
    return address
  }
}
