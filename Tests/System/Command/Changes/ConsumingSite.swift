import Foundation
import TestSupport

/// A database with a change feed, filled by the real handler, and consumers of it.
struct ConsumingSite {
  let reading: ReadingSite

  init() throws {
    reading = try ReadingSite(environment: ["CLERK_SYNC_CHANGES": "on"])
  }

  var folder: TemporaryFolder { reading.folder }

  /// Delivers events that create the users `user_1` and so on.
  func create(_ numbers: ClosedRange<Int>) throws {
    for number in numbers { try reading.deliver(Payload.user(id: "user_\(number)"), id: "msg_\(number)") }
  }

  func changes(_ arguments: String..., environment: [String: String] = [:]) throws -> Command {
    try Command.run(
      ["changes"] + arguments,
      environment: ["CLERK_SYNC_DATABASE": folder.file("app.db")].merging(environment) { $1 }, in: folder)
  }

  /// Starts a consumer in a folder of its own, whose files `output` and `errors` it gets. Its database is that of the site.
  func start(_ arguments: String..., in other: TemporaryFolder) throws -> ChildProcess {
    try Command.start(
      ["changes"] + arguments, environment: ["CLERK_SYNC_DATABASE": folder.file("app.db")], in: other)
  }

  /// The ids of the objects in a file of changes, in their order.
  func ids(in file: String, of folder: TemporaryFolder? = nil) throws -> [String] {
    try lines(of: file, in: folder ?? self.folder).map { try Self.object($0)["id"] as? String ?? "" }
  }

  /// The number of changes that the consumer has set aside, with their reasons.
  func failed(_ consumer: String) throws -> [(id: String, tries: Int, reason: String)] {
    try changes("failed", consumer, "--json").lines.map { line in
      let failed = try Self.object(line)
      let change = failed["change"] as? [String: Any]
      return (
        change?["id"] as? String ?? "", failed["tries"] as? Int ?? 0, failed["reason"] as? String ?? ""
      )
    }
  }

  func lines(of file: String, in folder: TemporaryFolder) -> [String] {
    let text = (try? String(contentsOfFile: folder.file(file), encoding: .utf8)) ?? ""
    return text.split(separator: "\n").map(String.init)
  }

  static func object(_ line: String) throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
  }
}
