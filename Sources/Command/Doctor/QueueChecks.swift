import Queue
import Redis

/// Whether the queue is one that keeps what it has taken.
struct QueueChecks {
  let address: RedisAddress

  func findings() -> [Finding] {
    let queue = DeliveryQueue(address)
    let client = RedisClient(address)
    do {
      try queue.check()
      return [.ok("queue", "\(address) takes deliveries")] + server(client) + settings(client) + [
        deadLetters(queue)
      ]
    } catch {
      let refusal = Finding.error(
        "queue", "\(address): \(error.reason)", remedy: "until it takes them, deliveries are answered 500")
      // What answers may say why.
      if case .refused = error { return [refusal] + server(client) }
      return [refusal]
    }
  }

  /// What INFO says (redis.io/docs/latest/commands/info).
  private func server(_ client: RedisClient) -> [Finding] {
    guard let text = try? client.send(RedisCommand("INFO")).text else {
      return [unknown("queue version", "Redis 6.2 or newer is needed")]
    }
    let facts = Dictionary(
      text.split(whereSeparator: \.isNewline).compactMap { line -> (String, String)? in
        let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
        return parts.count == 2 ? (parts[0], parts[1]) : nil
      }, uniquingKeysWith: { $1 })
    var findings: [Finding] = []
    let version = facts["redis_version"] ?? ""
    let numbers = version.split(separator: ".").map { Int($0) ?? 0 }
    if numbers.lexicographicallyPrecedes([6, 2]) {
      findings.append(
        .error(
          "queue version", "Redis \(version), which has no XAUTOCLAIM", remedy: "install Redis 6.2 or newer"))
    } else {
      findings.append(.ok("queue version", "Redis \(version)"))
    }
    if facts["role"] == "slave" {
      findings.append(
        .error("queue role", "a replica, which takes nothing", remedy: "name the primary in CLERK_SYNC_QUEUE")
      )
    }
    return findings
  }

  private func settings(_ client: RedisClient) -> [Finding] {
    [durability(client), eviction(client)]
  }

  private func durability(_ client: RedisClient) -> Finding {
    let remedy = "set appendonly yes and appendfsync always in redis.conf (redis.io/docs, Persistence)"
    guard let log = setting("appendonly", client), let sync = setting("appendfsync", client) else {
      return unknown("queue durability", remedy)
    }
    guard log == "yes" else {
      return .warning(
        "queue durability", "appendonly \(log): a crash of Redis loses deliveries that were answered 200",
        remedy: remedy)
    }
    guard sync == "always" else {
      return .warning(
        "queue durability",
        "appendfsync \(sync): a power failure loses the last deliveries that were answered 200",
        remedy: remedy)
    }
    guard setting("no-appendfsync-on-rewrite", client) != "yes" else {
      return .warning(
        "queue durability",
        "no-appendfsync-on-rewrite yes: a power failure during a rewrite loses deliveries that were answered 200",
        remedy: "set no-appendfsync-on-rewrite no in redis.conf")
    }
    return .ok("queue durability", "appendonly yes, appendfsync always")
  }

  private func eviction(_ client: RedisClient) -> Finding {
    let remedy = "set maxmemory-policy noeviction in redis.conf"
    guard let policy = setting("maxmemory-policy", client) else { return unknown("queue eviction", remedy) }
    // The others drop only keys that have a time to live, which the stream has not.
    guard policy.hasPrefix("allkeys-") else { return .ok("queue eviction", "maxmemory-policy \(policy)") }
    return .warning(
      "queue eviction", "maxmemory-policy \(policy): Redis drops the whole queue when its memory is full",
      remedy: remedy)
  }

  private func deadLetters(_ queue: DeliveryQueue) -> Finding {
    switch Result(catching: { () throws(RedisError) in try queue.statistics().deadLetters }) {
    case .success(0): .ok("dead letters", "none")
    case .success(let count):
      .warning(
        "dead letters", "\(count), which the worker has given up",
        remedy: "clerk-sync dead list says why; mend that, then clerk-sync dead retry --all")
    case .failure(let error): .error("dead letters", error.reason, remedy: "see the queue's other findings")
    }
  }

  private func setting(_ name: String, _ client: RedisClient) -> String? {
    let reply = try? client.send(RedisCommand("CONFIG", "GET", name)).elements
    return reply.flatMap { $0.count == 2 ? $0[1].text : nil }
  }

  /// A server may keep its settings to itself, as hosted ones do.
  private func unknown(_ check: String, _ remedy: String) -> Finding {
    .warning(check, "cannot tell: Redis does not let this be asked", remedy: "see to it yourself: \(remedy)")
  }
}
