import Redis
import Synchronization

/// The queues of a process, one for each address, so that the requests share its connections.
final class QueueCache: Sendable {
  private let queues = Mutex<[RedisAddress: DeliveryQueue]>([:])

  func queue(_ address: RedisAddress) -> DeliveryQueue {
    queues.withLock { queues in
      if let queue = queues[address] { return queue }
      let queue = DeliveryQueue(address)
      queues[address] = queue
      return queue
    }
  }
}
