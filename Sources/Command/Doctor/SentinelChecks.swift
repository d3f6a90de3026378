import Redis

/// Checks that enough sentinels can replace the master, and that a master without its replicas accepts nothing.
struct SentinelChecks {
  let name: String
  let sentinels: [RedisAddress]
  /// A client of the master.
  let client: RedisClient

  func findings() -> [Finding] { sentinels.map(quorum) + [replicas()] }

  /// Asks whether the sentinel sees enough others to replace the master.
  private func quorum(_ sentinel: RedisAddress) -> Finding {
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
  private func replicas() -> Finding {
    let remedy = "set min-replicas-to-write 1 in redis.conf of each server"
    let reply = try? client.send(RedisCommand("CONFIG", "GET", "min-replicas-to-write")).elements
    guard let count = reply.flatMap({ $0.count == 2 ? $0[1].text : nil }) else {
      return .warning(
        "queue replicas", "unknown: Redis does not allow this to be queried",
        remedy: "check it yourself: \(remedy)")
    }
    guard count == "0" else { return .ok("queue replicas", "min-replicas-to-write \(count)") }
    return .warning(
      "queue replicas",
      "min-replicas-to-write 0: a master that is cut off goes on accepting deliveries, and loses them when it returns",
      remedy: remedy)
  }
}
