import Queue
import Redis

/// Checks that the queue accepts deliveries and stores them durably.
struct QueueChecks {
  let address: RedisAddress

  func findings() -> [Finding] {
    let queue = DeliveryQueue(address)
    let client = RedisClient(address)
    do {
      try queue.check()
      return [.ok("queue", "\(address) accepts deliveries")] + server(client) + settings(client)
        + sentinels(client)
        + [deadLetters(queue)]
    } catch {
      let refusal = Finding.error(
        "queue", "\(address): \(error.reason)",
        remedy: "fix this first: until the queue accepts deliveries, they are answered 500")
      // The server responds, so INFO may show the cause.
      if case .refused = error { return [refusal] + server(client) }
      return [refusal]
    }
  }

  /// Checks the version and role in the INFO reply (redis.io/docs/latest/commands/info).
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
          "queue version", "Redis \(version) does not support XAUTOCLAIM",
          remedy: "install Redis 6.2 or newer"))
    } else {
      findings.append(.ok("queue version", "Redis \(version)"))
    }
    if facts["role"] == "slave" {
      findings.append(
        .error(
          "queue role", "a replica, which does not accept writes",
          remedy: "set CLERK_SYNC_QUEUE to the URL of the primary")
      )
    }
    return findings
  }

  private func settings(_ client: RedisClient) -> [Finding] {
    [durability(client), eviction(client)]
  }

  private func sentinels(_ client: RedisClient) -> [Finding] {
    guard case .master(let name, let sentinels) = address.server else { return [] }
    return sentinels.map { quorum(of: $0, for: name) } + [replicas(client)]
  }

  /// Asks whether the sentinel sees enough others to replace the master.
  private func quorum(of sentinel: RedisAddress, for name: String) -> Finding {
    do throws(RedisError) {
      _ = try RedisClient(sentinel).send(RedisCommand("SENTINEL", "CKQUORUM", name))
      return .ok("queue sentinel", "\(sentinel.place) sees enough others to replace the master")
    } catch .refused(_, code: "NOQUORUM") {
      return .warning(
        "queue sentinel", "\(sentinel.place) does not see enough others to replace the master",
        remedy: "start the other sentinels, or lower the quorum of sentinel monitor")
    } catch {
      return .warning(
        "queue sentinel", "\(sentinel.place): \(error)",
        remedy: "check that it runs, and its address and credentials in CLERK_SYNC_QUEUE")
    }
  }

  /// A master that is cut off from the others accepts deliveries until it is told of the new one, and loses them then
  /// (redis.io/docs/latest/operate/oss_and_stack/management/sentinel).
  private func replicas(_ client: RedisClient) -> Finding {
    let remedy = "set min-replicas-to-write 1 in redis.conf of each server"
    guard let count = setting("min-replicas-to-write", client) else {
      return unknown("queue replicas", remedy)
    }
    guard count == "0" else { return .ok("queue replicas", "min-replicas-to-write \(count)") }
    return .warning(
      "queue replicas",
      "min-replicas-to-write 0: a master that is cut off goes on accepting deliveries, and loses them when it returns",
      remedy: remedy)
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
    // The other policies only evict keys with a time to live, which the stream does not have.
    guard policy.hasPrefix("allkeys-") else { return .ok("queue eviction", "maxmemory-policy \(policy)") }
    return .warning(
      "queue eviction",
      "maxmemory-policy \(policy): Redis may evict the whole queue when it runs out of memory",
      remedy: remedy)
  }

  private func deadLetters(_ queue: DeliveryQueue) -> Finding {
    switch Result(catching: { () throws(RedisError) in try queue.statistics().deadLetters }) {
    case .success(0): .ok("dead letters", "none")
    case .success(let count):
      .warning(
        "dead letters", "\(count), given up by the worker",
        remedy: "see clerk-sync dead list, fix the causes, then run clerk-sync dead retry --all")
    case .failure(let error):
      .error("dead letters", error.reason, remedy: "see the other findings about the queue")
    }
  }

  private func setting(_ name: String, _ client: RedisClient) -> String? {
    let reply = try? client.send(RedisCommand("CONFIG", "GET", name)).elements
    return reply.flatMap { $0.count == 2 ? $0[1].text : nil }
  }

  /// Returns a warning that the check is impossible. Hosted servers often disable INFO and CONFIG.
  private func unknown(_ check: String, _ remedy: String) -> Finding {
    .warning(
      check, "unknown: Redis does not allow this to be queried", remedy: "check it yourself: \(remedy)")
  }
}
