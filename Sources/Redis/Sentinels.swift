import Synchronization

/// The sentinels that know the current master (redis.io/docs/latest/develop/reference/sentinel-clients).
final class Sentinels: Sendable {
  private struct Sentinel {
    let place: String
    let client: RedisClient
  }

  /// Time limit for the answer of one sentinel, so that the next can be asked within the limit of an exchange.
  private static let timeLimit = Duration.seconds(1)

  private let name: String
  /// The one that answered last is the first.
  private let sentinels: Mutex<[Sentinel]>

  init(_ addresses: [RedisAddress], of name: String) {
    self.name = name
    sentinels = Mutex(addresses.map { Sentinel(place: $0.place, client: RedisClient($0)) })
  }

  /// Returns the master that the first sentinel with an answer names. Throws ``RedisError/noMaster(reason:)`` if none
  /// has one.
  func master(until deadline: ContinuousClock.Instant) throws(RedisError) -> RedisAddress.Endpoint {
    var failures: [String] = []
    for (index, sentinel) in sentinels.withLock(\.self).enumerated() {
      do throws(RedisError) {
        guard let master = try ask(sentinel.client, until: min(deadline, .now + Self.timeLimit)) else {
          failures.append("\(sentinel.place) knows none of this name")
          continue
        }
        if index > 0 { prefer(sentinel.place) }
        return master
      } catch {
        failures.append("\(sentinel.place): \(error)")
      }
    }
    throw .noMaster(reason: failures.joined(separator: "; "))
  }

  private func ask(
    _ sentinel: RedisClient, until deadline: ContinuousClock.Instant
  ) throws(RedisError) -> RedisAddress.Endpoint? {
    let command = RedisCommand("SENTINEL", "GET-MASTER-ADDR-BY-NAME", name)
    let reply = try sentinel.exchange([command], until: deadline).first
    if reply == .null { return nil }
    guard let elements = reply?.elements, elements.count == 2, let host = elements[0].text,
      let port = elements[1].text.flatMap(UInt16.init)
    else { throw .unexpectedReply(command: command.name) }
    return .tcp(host: host, port: port)
  }

  private func prefer(_ place: String) {
    sentinels.withLock { sentinels in
      guard let index = sentinels.firstIndex(where: { $0.place == place }) else { return }
      sentinels.insert(sentinels.remove(at: index), at: 0)
    }
  }
}
