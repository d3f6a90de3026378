import TestSupport

/// A master, a replica, and three sentinels that watch them, each with a password.
final class SentinelSite: Sendable {
  static let password = "data-password"
  static let sentinelPassword = "sentinel-password"

  let folder: TemporaryFolder
  let servers: [RedisServer]
  let sentinels: [ChildProcess]
  private let ports: [LoopbackPort]
  private let sentinelPorts: [LoopbackPort]

  /// Starts them, and waits until the sentinels know each other and the replica.
  init() throws {
    folder = try TemporaryFolder()
    let ports = try (1...2).map { _ in try LoopbackPort() }
    let sentinelPorts = try (1...3).map { _ in try LoopbackPort() }
    (self.ports, self.sentinelPorts) = (ports, sentinelPorts)
    let passwords = ["--requirepass", Self.password, "--masterauth", Self.password]
    servers = try ports.map { port in
      let role = port === ports[0] ? [] : ["--replicaof", "127.0.0.1", "\(ports[0].number)"]
      return try RedisServer(in: TemporaryFolder(), passwords + role, port: port.number, keeps: true)
    }
    sentinels = try sentinelPorts.map { [folder] port in
      let settings = """
        port \(port.number)
        bind 127.0.0.1
        dir \(folder.path)
        requirepass \(Self.sentinelPassword)
        sentinel sentinel-pass \(Self.sentinelPassword)
        sentinel monitor mymaster 127.0.0.1 \(ports[0].number) 2
        sentinel auth-pass mymaster \(Self.password)
        sentinel down-after-milliseconds mymaster 1000
        sentinel failover-timeout mymaster 10000
        """
      let file = try folder.write(settings, to: "sentinel-\(port.number).conf")
      return try ChildProcess(
        "/usr/bin/redis-server", [file, "--sentinel"], folder: folder.path,
        output: folder.file("sentinel-\(port.number).log"))
    }
    let areReady = try eventually {
      try sentinelPorts.allSatisfy { port in
        try ask(port, "CKQUORUM", "mymaster").hasPrefix("OK 3")
          && ask(port, "REPLICAS", "mymaster").contains("slave-priority")
      }
    }
    guard areReady else { throw ServerNotStarted(log: sentinels.map(\.log).joined()) }
  }

  /// The queue's URL. The first sentinel of the list does not exist.
  func url(password: String = SentinelSite.password, sentinelPassword: String = SentinelSite.sentinelPassword)
    -> String
  {
    let hosts = ["127.0.0.1:1"] + sentinelPorts.map { "127.0.0.1:\($0.number)" }
    return
      "redis+sentinel://:\(password)@\(hosts.joined(separator: ","))/mymaster/1?sentinel_password=\(sentinelPassword)"
  }

  /// Returns a server's reply, in the database of the queue.
  func command(_ server: Int, _ words: String...) throws -> String {
    try servers[server].command(words, user: ["-a", Self.password, "--no-auth-warning", "-n", "1"])
  }

  func isMaster(_ server: Int) throws -> Bool { try command(server, "ROLE").hasPrefix("master") }

  /// Asks the first sentinel to exchange the master.
  func failOver() throws -> String { try ask(sentinelPorts[0], "FAILOVER", "mymaster") }

  private func ask(_ port: LoopbackPort, _ words: String...) throws -> String {
    let output = folder.file("redis-cli-\(port.number).log")
    let cli = try ChildProcess(
      "/usr/bin/redis-cli",
      ["-p", "\(port.number)", "-a", Self.sentinelPassword, "--no-auth-warning", "SENTINEL"] + words,
      output: output)
    _ = cli.exitStatus()
    return cli.log
  }
}
