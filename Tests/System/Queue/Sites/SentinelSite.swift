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
  /// nil for connections without TLS.
  private let certificate: SelfSignedCertificate?

  /// Starts them, and waits until the sentinels know each other and the replica, which has what the master has.
  init(usesTLS: Bool = false) throws {
    let folder = try TemporaryFolder()
    let certificate = usesTLS ? try SelfSignedCertificate(in: folder, names: "IP:127.0.0.1") : nil
    let ports = try (1...2).map { _ in try LoopbackPort() }
    let sentinelPorts = try (1...3).map { _ in try LoopbackPort() }
    (self.folder, self.certificate) = (folder, certificate)
    (self.ports, self.sentinelPorts) = (ports, sentinelPorts)
    let settings = [
      "--requirepass", Self.password, "--masterauth", Self.password, "--repl-diskless-sync-delay", "0",
    ]
    servers = try ports.map { port in
      let role = port === ports[0] ? [] : ["--replicaof", "127.0.0.1", "\(ports[0].number)"]
      let tls = Self.settings(port, certificate).flatMap { ["--\($0)", $1] }
      return try RedisServer(in: TemporaryFolder(), settings + role + tls, keeps: true)
    }
    sentinels = try sentinelPorts.map { port in
      let network = Self.settings(port, certificate).map { "\($0) \($1)\n" }.joined()
      let settings =
        network + """
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
      try command(0, "INFO", "replication").contains("state=online")
        && sentinelPorts.allSatisfy { port in
          try ask(port, "CKQUORUM", "mymaster").hasPrefix("OK 3")
            && ask(port, "REPLICAS", "mymaster").contains("slave-priority")
        }
    }
    guard areReady else { throw ServerNotStarted(log: sentinels.map(\.log).joined()) }
  }

  /// Returns the settings of a server on the port, by name.
  private static func settings(
    _ port: LoopbackPort, _ certificate: SelfSignedCertificate?
  ) -> [(String, String)] {
    guard let certificate else { return [("port", "\(port.number)")] }
    return [
      ("port", "0"), ("tls-port", "\(port.number)"), ("tls-replication", "yes"), ("tls-auth-clients", "no"),
      ("tls-cert-file", certificate.certificate), ("tls-key-file", certificate.key),
      ("tls-ca-cert-file", certificate.certificate),
    ]
  }

  /// The queue's URL. The first sentinel of the list does not exist.
  func url(password: String = SentinelSite.password, sentinelPassword: String = SentinelSite.sentinelPassword)
    -> String
  {
    let hosts = ["127.0.0.1:1"] + sentinelPorts.map { "127.0.0.1:\($0.number)" }
    let (scheme, option) = certificate.map { ("rediss", "&ssl_ca_certs=\($0.certificate)") } ?? ("redis", "")
    return "\(scheme)+sentinel://:\(password)@\(hosts.joined(separator: ","))/mymaster/1"
      + "?sentinel_password=\(sentinelPassword)\(option)"
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
    let tls = certificate.map { ["--tls", "--cacert", $0.certificate] } ?? []
    let cli = try ChildProcess(
      "/usr/bin/redis-cli",
      ["-p", "\(port.number)"] + tls + ["-a", Self.sentinelPassword, "--no-auth-warning", "SENTINEL"] + words,
      output: output)
    _ = cli.exitStatus()
    return cli.log
  }
}
