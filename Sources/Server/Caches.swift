import ClerkSync
import Queue
import Redis
import Settings
import Synchronization

/// The stores of a process, one for each database and its options. Requests share a store's idle connection
/// and its writer lock.
final class StoreCache: Sendable {
  private struct Key: Hashable {
    let database: String
    let options: UserStore.Options
  }

  private let stores = Mutex<[Key: UserStore]>([:])

  /// Returns the store for the configuration.
  func store(_ configuration: Configuration, isLongLived: Bool, clock: WallClock) -> UserStore {
    var options = configuration.storeOptions
    options.connection = isLongLived ? configuration.connection : .perRequest
    options.keepsConnection = isLongLived
    let key = Key(database: configuration.database, options: options)
    return stores.withLock { stores in
      if let store = stores[key] { return store }
      let store = UserStore(database: key.database, options: options, clock: clock)
      stores[key] = store
      return store
    }
  }
}

/// The queues of a process, one for each address. Requests share a queue's connections.
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
