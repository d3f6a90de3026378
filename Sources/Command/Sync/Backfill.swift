import ArgumentParser
import ClerkSync
import Foundation
import Settings

/// `clerk-sync backfill`
struct Backfill: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write the users that Clerk has already.",
    discussion: """
      Asks Clerk's Backend API, with the key in CLERK_SECRET_KEY or in the file that CLERK_SECRET_KEY_FILE names, or \
      reads a file. A user is written as of its updated_at at Clerk: what a newer webhook has written stays, and so \
      does what has been deleted. So it can run beside the handler, and again.

      Ctrl-C ends it after the users it is at; the same command then goes on from there. Exits with 1 when it was \
      interrupted or had to skip users.
      """)

  @OptionGroup var settings: SettingsOptions
  @OptionGroup var source: SourceOptions

  @Flag(help: "Begin with the first user, wherever an interrupted run has come to.")
  var restart = false

  func run() async throws {
    let configuration = try settings.configuration()
    let store = UserStore(configuration)
    try store.prepare()
    let tally: Tally
    do {
      defer { ProgressBar.clear() }
      tally = try await Interruption.cancelling {
        guard let file = source.file else {
          return try await walk(store, configuration)
        }
        return try await read(FileUsers(file, roles: configuration.roles), into: store)
      }
    } catch is CancellationError {
      ProgressBar.say(
        source.file == nil
          ? "interrupted; the same command goes on from here, with --restart it begins anew"
          : "interrupted; the same command begins anew and passes over what is written already")
      throw ExitCode(ExitStatus.attention.rawValue)
    }
    print(tally.summary, terminator: "")
    if !tally.skipped.isEmpty { throw ExitCode(ExitStatus.attention.rawValue) }
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
    let api = try source.api(settings, roles: configuration.roles)
    let saved = restart ? nil : try BackfillPosition.load(for: database, apiURL: source.apiUrl)
    var position = saved ?? BackfillPosition(apiURL: source.apiUrl)
    let earlier = position.conflicts
    if let id = position.startingAfter { ProgressBar.say("going on after \(id), user \(position.done)") }

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
