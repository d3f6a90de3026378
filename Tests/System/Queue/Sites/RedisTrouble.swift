import Foundation
import TestSupport
import Testing

/// A state in which Redis refuses deliveries.
struct RedisTrouble: Sendable, CustomTestStringConvertible {
  static let password = "s3cr3t:/@%"

  let testDescription: String
  /// Part of the reason in the log.
  let reason: String
  /// Causes the state and returns a closure that ends it. The caller keeps the closure's result alive.
  let cause: @Sendable (QueueSite) throws -> @Sendable () throws -> RedisServer?

  static let all = [
    RedisTrouble(testDescription: "down", reason: "no connection to Redis: Connection refused") { site in
      site.redis.process.send(SIGKILL)
      try #require(site.redis.process.diesOfSignal())
      return { try RedisServer(in: site.folder, ["--requirepass", password]) }
    },
    RedisTrouble(testDescription: "stopped", reason: "did not answer in time") { site in
      site.redis.process.send(SIGSTOP)
      return {
        site.redis.process.send(SIGCONT)
        return nil
      }
    },
    RedisTrouble(testDescription: "paused", reason: "did not answer in time") { site in
      try command(site, "CLIENT", "PAUSE", "60000", "WRITE")
      return {
        try command(site, "CLIENT", "UNPAUSE")
        return nil
      }
    },
    RedisTrouble(testDescription: "another password", reason: "check the user and the password") { site in
      try command(site, "CONFIG", "SET", "requirepass", "another")
      // Existing connections stay authenticated.
      _ = try site.redis.command(
        "CLIENT", "KILL", "TYPE", "normal", user: ["-a", "another", "--no-auth-warning"])
      return {
        let user = ["-a", "another", "--no-auth-warning"]
        _ = try site.redis.command("CONFIG", "SET", "requirepass", password, user: user)
        return nil
      }
    },
    RedisTrouble(testDescription: "out of memory", reason: "OOM: it has no memory left") { site in
      try command(site, "CONFIG", "SET", "maxmemory", "1")
      return {
        try command(site, "CONFIG", "SET", "maxmemory", "0")
        return nil
      }
    },
    RedisTrouble(testDescription: "a replica", reason: "READONLY: it is a replica") { site in
      try command(site, "REPLICAOF", "127.0.0.1", "1")
      return {
        try command(site, "REPLICAOF", "NO", "ONE")
        return nil
      }
    },
    RedisTrouble(testDescription: "other data under the key", reason: "WRONGTYPE") { site in
      try command(site, "SET", "clerk-sync:deliveries", "1")
      return {
        try command(site, "DEL", "clerk-sync:deliveries")
        return nil
      }
    },
  ]

  private static func command(_ site: QueueSite, _ words: String...) throws {
    try #require(try site.redis.command(words, user: ["-a", password, "--no-auth-warning"]) != "")
  }
}
