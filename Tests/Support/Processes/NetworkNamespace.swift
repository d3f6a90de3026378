import Foundation
import Synchronization

/// A network namespace (ip-netns(8)), which gives a process the network of a separate machine.
///
/// It is deleted with the object, together with every process in it. Its name contains the owner's process
/// id, so the next test run removes the namespaces of a run that was killed.
public final class NetworkNamespace: Sendable {
  public struct CommandFailed: Error {
    let words: [String]
    let log: String
  }

  private static let prefix = "clerk-sync-"
  private static let path = "/usr/sbin:/usr/bin:/sbin:/bin"
  private static let count = Atomic(0)

  public let name: String

  public init() throws {
    name = "\(Self.prefix)\(getpid())-\(Self.count.add(1, ordering: .relaxed).newValue)"
    for left in try Self.all() where kill(left.owner, 0) != 0 { Self.remove(left.name) }
    try Self.ip("netns", "add", self.name)
  }

  deinit {
    Self.remove(name)
  }

  /// The command prefix that runs a program in the namespace by replacing itself with it.
  public var launcher: [String] { ["/usr/bin/env", "PATH=\(Self.path)", "ip", "netns", "exec", name] }

  /// Runs ip(8) in the namespace.
  public func ip(_ words: String...) throws {
    try Self.run(["ip", "-n", name] + words)
  }

  public func bringUp(_ link: String) throws {
    try ip("link", "set", link, "up")
  }

  /// Delays outgoing packets of the link, where the kernel supports that.
  public func delay(_ link: String, milliseconds: Int) {
    let discipline = ["netem", "delay", "\(milliseconds)ms"]
    _ = try? Self.run(["tc", "-n", name, "qdisc", "add", "dev", link, "root"] + discipline)
  }

  /// Makes this thread open its sockets in the namespace from now on (setns(2), which Swift's Glibc does not
  /// export).
  public func enter() throws {
    let file = try FileHandle(forReadingFrom: URL(filePath: "/run/netns/\(name)"))
    let anyKind: Int32 = 0
    let setns = unsafe unsafeBitCast(
      dlsym(nil, "setns"), to: (@convention(c) (Int32, Int32) -> Int32)?.self)
    guard setns?(file.fileDescriptor, anyKind) == 0 else {
      throw CommandFailed(words: ["setns", name], log: "errno \(errno)")
    }
  }

  /// Returns the namespaces of this and other runs, with the processes that created them.
  private static func all() throws -> [(name: String, owner: Int32)] {
    try ip("netns", "list").split(whereSeparator: \.isWhitespace).compactMap { name in
      guard name.hasPrefix(prefix), let owner = Int32(name.dropFirst(prefix.count).prefix { $0 != "-" })
      else { return nil }
      return (String(name), owner)
    }
  }

  private static func remove(_ name: String) {
    let processes = (try? ip("netns", "pids", name)) ?? ""
    for id in processes.split(whereSeparator: \.isWhitespace).compactMap({ Int32($0) }) { kill(id, SIGKILL) }
    _ = try? ip("netns", "del", name)
  }

  @discardableResult
  private static func ip(_ words: String...) throws -> String {
    try run(["ip"] + words)
  }

  @discardableResult
  private static func run(_ words: [String]) throws -> String {
    let folder = try TemporaryFolder()
    let process = try ChildProcess(
      "/usr/bin/env", words, environment: ["PATH": path], output: folder.file("command.log"))
    guard process.exitStatus() == 0 else { throw CommandFailed(words: words, log: process.log) }
    return process.log
  }
}
