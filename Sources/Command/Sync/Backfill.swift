import ArgumentParser
import ClerkSync
import Foundation
import Settings

/// `clerk-sync backfill`
struct Backfill: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Import the users that already exist at Clerk.",
    discussion: """
      Reads all users from Clerk's Backend API, or from a file with --file, and writes them to the users table. The \
      API requires a secret key in CLERK_SECRET_KEY, or in the file named by CLERK_SECRET_KEY_FILE.

      Each user is written with the version given by its updated_at. Rows written by a newer webhook, and users deleted \
      here, are left unchanged. The command can therefore run beside the handler, and can be repeated.

      Ctrl-C stops it after the current page. The same command then resumes at that point; with --file it starts over.

      The exit status is 1 if the import was interrupted or users were skipped.
      """)

  @OptionGroup var source: SourceOptions

  @Flag(help: "Start with the first user instead of resuming an interrupted run.")
  var restart = false

  @OptionGroup var settings: SettingsOptions

  func run() async throws {
    var configuration = try settings.configurationWithUsers()
    let file = try source.file.map { try FileUsers($0, mapping: configuration.mapping) }
    if let file { configuration.mapping = file.mapping }
    let store = UserStore(configuration)
    try store.prepare()
    let tally: Tally
    do {
      defer { ProgressBar.clear() }
      tally = try await Interruption.cancelling { [configuration] in
        guard let file else { return try await walk(store, configuration) }
        return try await read(file, into: store)
      }
    } catch is CancellationError {
      ProgressBar.say(
        source.file == nil
          ? "interrupted; run the same command to resume, or add --restart to start over"
          : "interrupted; run the same command to start over (users already written are left unchanged)")
      throw ExitCode(.attention)
    }
    print(tally.summary, terminator: "")
    if !tally.skipped.isEmpty { throw ExitCode(.attention) }
  }

  private func read(_ users: FileUsers, into store: UserStore) async throws -> Tally {
    var users = users
    var writer = UserWriter(store)
    var progress = ProgressBar(total: nil)
    while let page = try await users.nextPage() {
      try writer.write(page)
      progress.advance(by: page.count)
      try Task.checkCancellation()
    }
    try writer.settleConflicts()
    return writer.tally
  }

  private func walk(_ store: UserStore, _ configuration: Configuration) async throws -> Tally {
    let database = configuration.database
    let api = try source.api(settings, mapping: configuration.mapping)
    let saved = restart ? nil : try BackfillPosition.load(for: database, apiURL: source.apiUrl)
    var position = saved ?? BackfillPosition(apiURL: source.apiUrl)
    let earlier = position.conflicts
    if let id = position.startingAfter { ProgressBar.say("resuming after \(id), user \(position.done)") }

    var users = APIUsers(api: api, after: position.startingAfter)
    var writer = UserWriter(store, tally: position.tally)
    var progress = ProgressBar(total: try await api.count(), done: position.done)
    while let page = try await users.nextPage() {
      try writer.write(page)
      position.startingAfter = users.position
      position.done += page.count
      position.conflicts = earlier + writer.conflicts.map(\.user.id)
      position.tally = writer.tally
      try position.save(for: database)
      progress.advance(by: page.count)
      try Task.checkCancellation()
    }
    for id in earlier {
      if let user = try await api.user(id) { try writer.write([user]) }
    }
    try writer.settleConflicts()
    BackfillPosition.remove(for: database)
    return writer.tally
  }
}

/// The position of an interrupted backfill, saved in a file beside the database.
struct BackfillPosition: Codable {
  /// The base URL of the API from which the users are read.
  let apiURL: String
  /// The id of the last user written.
  var startingAfter: String?
  /// The number of users processed so far.
  var done = 0
  /// The ids of users not written yet because their e-mail address was stored for another user.
  var conflicts: [String] = []
  /// The results for all other users.
  var tally = Tally()

  static func path(for database: String) -> String { "\(database).backfill" }

  /// Returns nil if no backfill was interrupted. Throws if the saved position belongs to another API.
  static func load(for database: String, apiURL: String) throws -> BackfillPosition? {
    guard let data = FileManager.default.contents(atPath: path(for: database)) else { return nil }
    guard let position = try? JSONDecoder().decode(BackfillPosition.self, from: data),
      position.apiURL == apiURL
    else {
      throw CommandFailure(
        "\(path(for: database)) does not belong to an interrupted backfill from \(apiURL): start over with --restart"
      )
    }
    return position
  }

  /// Replaces the saved position atomically.
  func save(for database: String) throws {
    let path = Self.path(for: database)
    let draft = "\(path).\(getpid())"
    let isWritten = FileManager.default.createFile(
      atPath: draft, contents: try JSONEncoder().encode(self), attributes: [.posixPermissions: 0o600])
    guard isWritten, unsafe rename(draft, path) == 0 else {
      throw CommandFailure("\(path) cannot be written: make its folder writable by this user")
    }
  }

  static func remove(for database: String) {
    _ = unsafe unlink(path(for: database))
  }
}
