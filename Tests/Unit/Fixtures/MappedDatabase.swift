import Foundation
import SQLite
import TestSupport

@testable import ClerkSync

/// An application's database with a table of its own, and a store with its mapping.
struct MappedDatabase {
  let folder: TemporaryFolder
  let path: String
  let mapping: Mapping
  let store: UserStore

  /// `json5` is the mapping file.
  init(_ schema: String, _ json5: String, recordsChanges: Bool = false) throws {
    folder = try TemporaryFolder(inMemory: true)
    path = folder.file("app.db")
    mapping = try Mapping(json5: json5)
    var options = UserStore.Options()
    options.mapping = mapping
    options.recordsChanges = recordsChanges
    options.connection = TestMode.connection.flatMap(ConnectionMode.init) ?? .perRequest
    store = UserStore(database: path, options: options, clock: WallClock { UserStore.now })
    try executeText(schema)
  }

  func event(_ type: String, _ data: [String: String?] = [:], at time: Int64) throws -> Event {
    let event = try UserEvent(
      type, data: data.merging(["updated_at": "\(time)"]) { given, _ in given },
      envelope: ["timestamp": "\(time)"]
    ).decode(mapping)
    return Event(messageID: "msg_\(UUID())", type: type, change: event.change, version: time)
  }

  /// Applies an event of Ada's with some members replaced.
  @discardableResult
  func apply(_ type: String, _ data: [String: String?] = [:], at time: Int64) throws -> Outcome {
    try store.apply(event(type, data, at: time))
  }

  func execute(_ sql: StaticString) throws { try DatabaseFile(path).execute(sql) }

  /// Returns columns of users, ordered by the rowid.
  func rows(_ columns: String) throws -> [[String?]] {
    try texts("SELECT json_array(\(columns)) FROM users ORDER BY rowid").map { json in
      let values = try JSONDecoder().decode([JSONTree].self, from: Data((json ?? "").utf8))
      return values.map { value in
        switch value {
        case .null: nil
        case .text(let text): text
        default: value.json
        }
      }
    }
  }

  func executeText(_ sql: String) throws { _ = try texts(sql) }

  /// Replays the change feed. Returns the objects that have a row according to it, and what is contradictory in it.
  func replayChanges() throws -> (objects: Set<String>, contradictions: [String]) {
    var (objects, contradictions): (Set<String>, [String]) = ([], [])
    var position: Int64 = 0
    while true {
      let (changes, examined) = try store.changes(after: position, limit: 100)
      guard let examined else { return (objects, contradictions) }
      position = examined
      for change in changes {
        let object = "\(change.entity) \(change.id)"
        let isRight =
          switch change.operation {
          case "created": objects.insert(object).inserted
          case "deleted": objects.remove(object) != nil
          default: objects.contains(object)
          }
        if !isRight { contradictions.append("\(change)") }
      }
    }
  }

  /// Returns the first column of the statements' rows.
  func texts(_ sql: String) throws -> [String?] { try ApplicationSchema.run(sql, at: path) }
}

extension UserEvent {
  /// The addresses of a user whose primary one is `address`.
  static func addresses(_ address: String) -> String {
    #"[{"id":"idn_1","email_address":"\#(address)"}]"#
  }
}
