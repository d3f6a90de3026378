import Foundation
import TestSupport

/// A loopback server that lists users, organizations and their memberships like Clerk's Backend API, with the faults that a test requests.
final class ClerkServer {
  /// The settings of the server; see clerk.py.
  struct Settings: Encodable {
    var count: Int
    var organizations = 0
    var memberships = 0
    var invitations = 0
    var changes: [String: Changes?] = [:]
    var faults: [String: String] = [:]
    var hold: Int?
    var deletions: [String: [String]] = [:]
  }

  /// Members of an object that replace the generated ones.
  struct Changes: Encodable {
    var firstName: String?
    var addresses: [[String: String]]?
    var updatedAt: Int64?
    /// The number of arrays around its unsafe metadata.
    var nesting: Int?
    /// The name of an organization.
    var name: String?
    /// The role of a membership.
    var role: String?

    private enum CodingKeys: String, CodingKey {
      case firstName = "first_name"
      case addresses = "email_addresses"
      case updatedAt = "updated_at"
      case nesting, name, role
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
  var pages: Int {
    requests.count { request in
      let path = request.prefix { $0 != "?" }
      return request.contains("limit=500") && path.split(separator: "/").count == 2
    }
  }

  /// Returns the user that the server generates for a number.
  static func user(_ number: Int) -> ClerkUser {
    let id = "user_" + digits(number, 7)
    return ClerkUser(
      id: id, email: "\(id)@example.org", firstName: "Ada", lastName: "L\(number)",
      role: ["admin", "trainer", "client"][number % 3])
  }

  static func organization(_ number: Int) -> String { "org_" + digits(number, 4) }

  static func membership(_ number: Int) -> String { "orgmem_" + digits(number, 7) }

  private static func digits(_ number: Int, _ count: Int) -> String {
    let digits = "\(number)"
    return String(repeating: "0", count: count - digits.count) + digits
  }

  private func save() throws {
    try JSONEncoder().encode(settings).write(to: URL(filePath: folder.file("clerk.json")), options: .atomic)
  }
}
