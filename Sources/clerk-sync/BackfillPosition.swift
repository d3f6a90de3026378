import Foundation

/// How far an interrupted backfill has come, in a file beside the database.
struct BackfillPosition: Codable {
  /// The API it was working through.
  let apiURL: String
  /// The id of the last user of the last page that was written.
  var startingAfter: String?
  /// How many users that makes.
  var done = 0
  /// The ids of those whose e-mail address stood in another user's row.
  var conflicts: [String] = []
  /// What became of the others.
  var tally = Tally()

  static func path(for database: String) -> String { "\(database).backfill" }

  /// nil when no backfill of this API was interrupted.
  static func load(for database: String, apiURL: String) throws -> BackfillPosition? {
    guard let data = FileManager.default.contents(atPath: path(for: database)) else { return nil }
    guard let position = try? JSONDecoder().decode(BackfillPosition.self, from: data),
      position.apiURL == apiURL
    else {
      throw CommandFailure(
        "\(path(for: database)) is not of an interrupted backfill from \(apiURL): begin anew with --restart")
    }
    return position
  }

  /// Takes the place of the one saved before, at once or not at all.
  func save(for database: String) throws {
    let path = Self.path(for: database)
    let draft = "\(path).\(getpid())"
    let isWritten = FileManager.default.createFile(
      atPath: draft, contents: try JSONEncoder().encode(self), attributes: [.posixPermissions: 0o600])
    guard isWritten, unsafe rename(draft, path) == 0 else {
      throw CommandFailure("\(path) cannot be written: make its folder writable for this user")
    }
  }

  static func remove(for database: String) {
    _ = unsafe unlink(path(for: database))
  }
}
