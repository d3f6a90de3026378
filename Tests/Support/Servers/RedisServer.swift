import Foundation

/// A real redis-server on the unix socket `redis.sock` in the folder, and optionally on a loopback port.
public final class RedisServer: Sendable {
  private let folder: TemporaryFolder
  public let process: ChildProcess

  /// Starts the server and waits until it answers.
  ///
  /// `settings` are arguments as on its command line. With `keeps`, it syncs an append-only file in the
  /// folder before each reply. With `machine`, it runs in that network namespace.
  public init(
    in folder: TemporaryFolder, _ settings: [String] = [], port: Int? = nil, keeps: Bool = false,
    on machine: NetworkNamespace? = nil
  ) throws {
    self.folder = folder
    let durability = keeps ? ["--appendonly", "yes", "--appendfsync", "always"] : ["--appendonly", "no"]
    let place = ["--bind", "127.0.0.1", "--unixsocket", folder.file("redis.sock"), "--dir", folder.path]
    let command =
      (machine?.launcher ?? []) + ["/usr/bin/redis-server", "--port", "\(port ?? 0)"] + place
      + ["--save", "", "--daemonize", "no"] + durability + settings
    process = try ChildProcess(
      command[0], Array(command.dropFirst()), folder: folder.path, output: folder.file("redis.log"))
    guard eventually({ process.log.contains("eady to accept connections") }) else {
      throw ServerNotStarted(log: process.log)
    }
  }

  /// Removes an incomplete transaction from the end of the append-only file of a server that was killed.
  ///
  /// Redis 7.0 itself removes only the incomplete command. What it appends afterwards then belongs to the transaction
  /// that never ends, and is lost at the next restart (github.com/valkey-io/valkey/pull/4342).
  public static func repair(in folder: TemporaryFolder) throws {
    let answer = try folder.write("y\n", to: "yes")
    let check = try ChildProcess(
      "/usr/bin/redis-check-aof", ["--fix", folder.file("appendonlydir/appendonly.aof.manifest")],
      standardInput: FileHandle(forReadingFrom: URL(filePath: answer)), output: folder.file("check.log"))
    guard check.exitStatus() == 0 else { throw ServerNotStarted(log: check.log) }
  }

  /// Returns the value for CLERK_SYNC_QUEUE.
  public static func url(in folder: TemporaryFolder, database: Int = 0) -> String {
    "unix://\(folder.file("redis.sock"))?db=\(database)"
  }

  /// Returns the output of redis-cli(1) for the command.
  @discardableResult
  public func command(_ words: String..., user: [String] = []) throws -> String {
    try command(words, user: user)
  }

  @discardableResult
  public func command(_ words: [String], user: [String]) throws -> String {
    let output = folder.file("redis-cli-\(UUID().uuidString)")
    let cli = try ChildProcess(
      "/usr/bin/redis-cli", ["-s", folder.file("redis.sock")] + user + words, output: output)
    _ = cli.exitStatus()
    defer { try? FileManager.default.removeItem(atPath: output) }
    return cli.log.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
