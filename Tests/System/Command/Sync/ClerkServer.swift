import Foundation
import TestSupport

/// A loopback server that lists users like Clerk's Backend API, with the faults that a test requests.
final class ClerkServer {
  /// The settings of the server; see clerk.py.
  struct Settings: Encodable {
    var count: Int
    var changes: [String: Changes?] = [:]
    var faults: [String: String] = [:]
    var hold: Int?
  }

  /// Members of a user that replace the generated ones.
  struct Changes: Encodable {
    var firstName: String?
    var addresses: [[String: String]]?
    var updatedAt: Int64?
    /// The number of arrays around its unsafe metadata.
    var nesting: Int?

    private enum CodingKeys: String, CodingKey {
      case firstName = "first_name"
      case addresses = "email_addresses"
      case updatedAt = "updated_at"
      case nesting
    }
  }

  static let key = "sk_test_CommandTests"

  let url: String
  private let folder: TemporaryFolder
  private let process: ChildProcess

  var settings: Settings {
    didSet { try? save() }
  }

  init(_ settings: Settings) throws {
    self.settings = settings
    folder = try TemporaryFolder(inMemory: true)
    let file = folder.file("clerk.json")
    try JSONEncoder().encode(settings).write(to: URL(filePath: file), options: .atomic)
    let process = try ChildProcess(
      "/usr/bin/python3", ["-B", Project.file("Tests/System/Command/Sync/clerk.py"), file],
      output: folder.file("log"))
    self.process = process
    _ = eventually { process.log.contains("\n") }
    url = "http://127.0.0.1:\(process.log.split(separator: "\n").first?.dropFirst(5) ?? "0")"
  }

  deinit {
    process.send(SIGTERM)
    _ = process.exitStatus()
  }

  /// The paths of the requests received so far.
  var requests: ArraySlice<Substring> { process.log.split(separator: "\n").dropFirst() }

  /// The number of pages requested so far.
  var pages: Int { requests.count { $0.hasPrefix("/v1/users?") } }

  /// Returns the user that the server generates for a number.
  static func user(_ number: Int) -> ClerkUser {
    let digits = "\(number)"
    let id = "user_" + String(repeating: "0", count: 7 - digits.count) + digits
    return ClerkUser(
      id: id, email: "\(id)@example.org", firstName: "Ada", lastName: "L\(number)",
      role: ["admin", "trainer", "client"][number % 3])
  }

  private func save() throws {
    try JSONEncoder().encode(settings).write(to: URL(filePath: folder.file("clerk.json")), options: .atomic)
  }
}
