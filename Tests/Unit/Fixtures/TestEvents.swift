import Foundation
import TestSupport

@testable import ClerkSync

extension Event {
  /// Creates an event of a new message. `version` is in milliseconds since 1970.
  init(_ change: Change?, at version: Int64 = UserStore.now, id: String = "msg_\(UUID())") {
    let type =
      switch change?.operation {
      case .created?: "user.created"
      case .updated?: "user.updated"
      case .deleted: "user.deleted"
      case nil: "session.created"
      }
    self.init(messageID: id, type: type, change: change, version: version)
  }
}

extension TestDatabase {
  /// Returns a store on the same file, with another time or other options.
  func store(at now: Int64, retention: Int = 90, keepsConnection: Bool = true) -> UserStore {
    var options = UserStore.Options()
    options.retention = retention
    options.keepsConnection = keepsConnection
    return UserStore(database: path, options: options, clock: WallClock { now })
  }

  /// Returns every entry of the ledger as SQL literals, in order of arrival.
  func ledger() throws -> [String?] {
    try column(
      """
      SELECT quote(svix_id) || ' ' || quote(type) || ' ' || quote(object_id) || ' ' || quote(outcome) || ' ' ||
        quote(error) || ' ' || attempts || ' ' || first_seen || ' ' || last_seen
      FROM clerk_sync_deliveries ORDER BY rowid
      """)
  }

  /// Returns the bytes of the file and its journal, without the shared memory, which contains only locks.
  func bytes() throws -> [String: Data] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
      !$0.hasSuffix("-shm")
    }
    return try Dictionary(
      uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: URL(filePath: folder.file($0)))) })
  }
}
