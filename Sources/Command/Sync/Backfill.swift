import ArgumentParser
import ClerkSync
import Foundation
import Settings

/// `clerk-sync backfill`
struct Backfill: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Import the users and other objects that already exist at Clerk.",
    discussion: """
      Reads all users, and the organizations, memberships and invitations if they have a table, from Clerk's Backend \
      API, or from a file with --file, and writes them to their tables. The API requires a secret key in \
      CLERK_SECRET_KEY, or in the file named by CLERK_SECRET_KEY_FILE.

      Each object is written with the version given by its updated_at. Rows written by a newer webhook, and objects \
      deleted here, are left unchanged. The command can therefore run beside the handler, and can be repeated.

      Ctrl-C stops it after the current page. The same command then resumes at that point; with --file it starts over.

      The exit status is 1 if the import was interrupted or objects were skipped.
      """)

  @OptionGroup var source: SourceOptions

  @Flag(help: "Start with the first object instead of resuming an interrupted run.")
  var restart = false

  @OptionGroup var settings: SettingsOptions

  func run() async throws {
    var configuration = try settings.configuration()
    let entities = try source.entities(configuration)
    let file = try source.file.map { try FileObjects($0, entities[0], mapping: configuration.mapping) }
    if let file { configuration.mapping = file.mapping }
    let store = UserStore(configuration)
    try store.prepare()
    let tallies: [Tally]
    do {
      defer { ProgressBar.clear() }
      tallies = try await Interruption.cancelling { [configuration] in
        guard let file else { return try await walk(entities, into: store, configuration) }
        return [try read(file, entities[0], into: store)]
      }
    } catch is CancellationError {
      ProgressBar.say(
        source.file == nil
          ? "interrupted; run the same command to resume, or add --restart to start over"
          : "interrupted; run the same command to start over (objects already written are left unchanged)")
      throw ExitCode(.attention)
    }
    print(
      zip(entities, tallies).map { $1.summary(of: $0) }.joined(separator: "\n"), terminator: "")
    if tallies.contains(where: { !$0.skipped.isEmpty }) { throw ExitCode(.attention) }
  }

  private func read(
    _ objects: FileObjects, _ entity: Entity, into store: UserStore
  ) throws -> Tally {
    var objects = objects
    var writer = ObjectWriter(store)
    var progress = ProgressBar(total: nil, of: entity.plural)
    while let page = try objects.nextPage() {
      try writer.write(page)
      progress.advance(by: page.count)
      try Task.checkCancellation()
    }
    try writer.settleConflicts()
    return writer.tally
  }

  /// Writes the objects of each kind. A membership is written after the users and organizations, to which it refers.
  private func walk(
    _ entities: [Entity], into store: UserStore, _ configuration: Configuration
  ) async throws -> [Tally] {
    let api = try source.api.api(settings, mapping: configuration.mapping)
    var position = BackfillPosition(apiURL: source.api.apiUrl, entities: entities)
    if !restart { try position.resume(for: configuration.database) }
    while let entity = position.entity {
      let tally = try await walk(entity, of: api, from: &position, into: store, configuration)
      position.finish(with: tally)
      try position.save(for: configuration.database)
    }
    BackfillPosition.remove(for: configuration.database)
    return position.finished
  }

  private func walk(
    _ entity: Entity, of api: ClerkAPI, from position: inout BackfillPosition,
    into store: UserStore, _ configuration: Configuration
  ) async throws -> Tally {
    let earlier = position.conflicts
    if let place = position.place, let id = place.last {
      ProgressBar.say("resuming after \(id), \(entity.singular) \(place.done)")
    }
    var objects = api.all(entity, from: position.place)
    var writer = ObjectWriter(store, tally: position.tally)
    var progress = ProgressBar(total: try await api.count(entity), done: objects.done, of: entity.plural)
    while let page = try await objects.nextPage() {
      try writer.write(page, isRepeated: objects.isRepeating)
      position.place = objects.position
      position.conflicts = earlier + writer.conflicts.map(\.user.id)
      position.tally = writer.tally
      try position.save(for: configuration.database)
      progress.advance(by: page.count)
      try Task.checkCancellation()
    }
    for id in earlier {
      if let user = try await api.object(at: .user(id)) { try writer.write([user]) }
    }
    try writer.settleConflicts()
    return writer.tally
  }
}

/// The position of an interrupted backfill, saved in a file beside the database.
struct BackfillPosition: Codable {
  /// The base URL of the API from which the objects are read.
  let apiURL: String
  /// The kinds of objects, in their order.
  let entities: [Entity]
  /// The results for the kinds that have been written.
  private(set) var finished: [Tally] = []
  /// The place in the list of the next kind.
  var place: ListPosition?
  /// The ids of users not written yet because their e-mail address was stored for another user.
  var conflicts: [String] = []
  /// The results for all other objects of that kind.
  var tally = Tally()

  init(apiURL: String, entities: [Entity]) {
    (self.apiURL, self.entities) = (apiURL, entities)
  }

  /// The kind of objects to be written next; nil if all have been.
  var entity: Entity? { entities.dropFirst(finished.count).first }

  /// Continues with the next kind.
  mutating func finish(with tally: Tally) {
    finished.append(tally)
    (place, conflicts, self.tally) = (nil, [], Tally())
  }

  static func path(for database: String) -> String { "\(database).backfill" }

  /// Takes over the saved position of an interrupted backfill. Throws if it belongs to another API or to other kinds.
  mutating func resume(for database: String) throws {
    guard let data = FileManager.default.contents(atPath: Self.path(for: database)) else { return }
    guard let saved = try? JSONDecoder().decode(BackfillPosition.self, from: data),
      saved.apiURL == apiURL, saved.entities == entities
    else {
      let kinds = entities.map(\.plural).joined(separator: ", ")
      throw CommandFailure(
        "\(Self.path(for: database)) does not belong to an interrupted backfill of \(kinds) from \(apiURL): start over "
          + "with --restart")
    }
    self = saved
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
