import Foundation
import TestSupport

/// A database, and a server with Clerk's users and organizations.
struct SyncingSite {
  let folder: TemporaryFolder
  let clerk: ClerkServer
  /// Given to every command.
  private var options: [String] = []

  init(_ settings: ClerkServer.Settings) throws {
    folder = try TemporaryFolder(inMemory: true)
    clerk = try ClerkServer(settings)
  }

  /// Creates the application's tables with the SQL script, and names the mapping file to every command.
  init(_ settings: ClerkServer.Settings, schema: String, mapping: String) throws {
    try self.init(settings)
    try ApplicationSchema.run(schema, at: folder.file("app.db"))
    try folder.write(mapping, to: "tables.json5")
    try folder.write("CLERK_SYNC_TABLES=tables.json5", to: "settings")
    options = ["--env-file", "settings"]
  }

  var database: DatabaseFile { DatabaseFile(folder.file("app.db")) }

  func run(
    _ command: String, _ arguments: String..., options: [String] = [], key: String = ClerkServer.key,
    standardInput: String? = nil
  ) throws -> Command {
    try Command.run(
      self.arguments(command) + arguments + options, environment: ["CLERK_SECRET_KEY": key],
      standardInput: standardInput, in: folder)
  }

  /// Starts the command and waits until it has requested this many pages. The last one is held back.
  func start(_ command: String, upToPage page: Int, _ arguments: [String] = []) throws -> ChildProcess {
    let first = clerk.pages + 1
    let target = clerk.pages + page
    clerk.settings.hold = target
    let process = try Command.start(
      self.arguments(command) + arguments, environment: ["CLERK_SECRET_KEY": ClerkServer.key], in: folder)
    // However many pages there are, each has its time.
    for number in first...target {
      guard eventually({ clerk.pages >= number }) else { throw NotReached(log: errors) }
    }
    return process
  }

  struct NotReached: Error {
    let log: String
  }

  /// The output of the last command so far.
  var errors: String { (try? String(contentsOfFile: folder.file("errors"), encoding: .utf8)) ?? "" }
  var output: String { (try? String(contentsOfFile: folder.file("output"), encoding: .utf8)) ?? "" }

  /// Returns the differences between the users table and the server's users below `count`, except some.
  func differences(_ count: Int, changed: [ClerkUser] = [], without: Set<Int> = []) throws -> [String] {
    var users: [String: ClerkUser] = [:]
    for number in 0..<count where !without.contains(number) {
      let user = ClerkServer.user(number)
      users[user.id] = user
    }
    for user in changed { users[user.id] = user }
    return try database.differences(from: Set(users.values))
  }

  private func arguments(_ command: String) -> [String] {
    [command, "--database", "app.db", "--api-url", clerk.url] + options
  }
}

extension ChildProcess {
  /// The peak resident memory so far, in KiB.
  var peakMemory: Int {
    get throws {
      let status = try String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)
      let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
      return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0
    }
  }
}
