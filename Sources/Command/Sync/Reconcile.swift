import ArgumentParser
import ClerkSync
import Settings

/// `clerk-sync reconcile`
struct Reconcile: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare the tables with Clerk, and optionally repair them.",
    discussion: """
      Lists users that are missing from the table, rows that differ, extra rows whose users Clerk no longer has, and \
      foreign rows; then the same for organizations, memberships and invitations, if they have a table. Changes none of \
      them without --apply. The objects are read from Clerk's Backend API, or from a file with --file. The API requires a \
      secret key in CLERK_SECRET_KEY, or in the file named by CLERK_SECRET_KEY_FILE.

      With --apply, missing and different objects are written as by `clerk-sync backfill`, and extra ones are deleted \
      permanently. The memberships of a deleted user or organization go with it, before they are compared. Before each \
      deletion the API is asked once more whether the object exists. With --file there is no such check: the file must \
      contain all objects, and be newer than the last one created.

      A row is foreign if Clerk does not have its id, and it may never have been Clerk's: the id is not in the form of \
      Clerk's, or no change of Clerk's has been applied to the row. Such rows remain, unless --delete-foreign is given: \
      then those with an id in the form of Clerk's are deleted as extra ones are. Rows without an id are only counted.

      Each comparison with the API is recorded in the database: its times, whether it succeeded, the differences, and \
      those that remain. `clerk-sync stats`, the health and the metrics report it. Without write access to the database \
      the comparison runs all the same, and says that it is not recorded.

      As a safeguard, nothing is deleted from a table if more than 50 of its rows, or more than a tenth, would be. \
      --force-deletes raises this limit.

      The exit status is 1 if there are differences, or with --apply if some remain, and 2 if the limit on deletions \
      was exceeded. Foreign rows are no difference.
      """)

  @OptionGroup var source: SourceOptions

  @Flag(help: "Repair the differences.")
  var apply = false

  @Flag(help: "Let --apply also delete the foreign rows with an id in the form of Clerk's.")
  var deleteForeign = false

  @Option(help: ArgumentHelp("Allow --apply to delete up to this many rows of a table.", valueName: "n"))
  var forceDeletes: Int?

  @Flag(help: "Print one JSON object per line: each difference, then a summary, for each kind of objects.")
  var json = false

  @OptionGroup var settings: SettingsOptions

  func validate() throws {
    guard apply || !deleteForeign else { throw ValidationError("--delete-foreign requires --apply") }
    guard let forceDeletes else { return }
    guard apply else {
      throw ValidationError("--force-deletes requires --apply")
    }
    guard forceDeletes >= 0 else { throw ValidationError("--force-deletes: expected 0 or more") }
  }

  func run() async throws {
    var configuration = try settings.configuration()
    let entities = try source.entities(configuration)
    let file = try source.file.map { try FileObjects($0, entities[0], mapping: configuration.mapping) }
    if let file { configuration.mapping = file.mapping }
    let api = file == nil ? try source.api.api(settings, mapping: configuration.mapping) : nil
    let store = UserStore(configuration)
    if apply { try store.check() }
    try store.checkReadable()
    let start = Timestamp.now.milliseconds
    var recorder = api.map { _ in RunRecorder(store, applied: apply) }
    var objections: [String] = []
    var remaining = 0
    for entity in entities {
      guard let objects: any ObjectSource = file ?? api?.all(entity) else { continue }
      var reconciliation = Reconciliation(store, entity, api: api)
      recorder?.begin(entity)
      do {
        try await reconciliation.walk(objects, start: start)
        if apply {
          let limit = DeletionLimit(rows: reconciliation.report.rows, forced: forceDeletes)
          if let excess = try await reconciliation.apply(deletesForeign: deleteForeign, limit: limit) {
            objections.append(limit.objection(to: excess, of: entity, isOnlyOne: entities.count == 1))
          }
        }
      } catch {
        recorder?.end(.failed(at: Timestamp.now.milliseconds))
        throw error
      }
      let figures = reconciliation.report.figures
      recorder?.end(.succeeded(at: Timestamp.now.milliseconds, figures))
      if entity != entities.first, !json { print() }
      try reconciliation.report.print(asJSON: json)
      remaining += figures.remaining.total
    }
    if !objections.isEmpty { throw CommandFailure(objections.joined(separator: "; ")) }
    if remaining > 0 { throw ExitCode(.attention) }
  }
}
