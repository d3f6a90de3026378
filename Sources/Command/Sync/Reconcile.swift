import ArgumentParser
import ClerkSync
import Settings

/// `clerk-sync reconcile`
struct Reconcile: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare the users table with Clerk, and optionally repair it.",
    discussion: """
      Lists users that are missing from the table, rows that differ, extra rows whose users Clerk no longer has, and \
      foreign rows. Changes nothing without --apply. The users are read from Clerk's Backend API, or from a file with --file. The API \
      requires a secret key in CLERK_SECRET_KEY, or in the file named by CLERK_SECRET_KEY_FILE.

      With --apply, missing and different users are written as by `clerk-sync backfill`, and extra users are deleted \
      permanently. Before each deletion the API is asked once more whether the user exists. With --file there is no \
      such check: the file must contain all users, and be newer than the last user created.

      A row is foreign if Clerk does not have its id, and it may never have been Clerk's: the id is not in the form of \
      Clerk's, or no change of Clerk's has been applied to the row. Such rows remain, unless --delete-foreign is given: \
      then those with an id in the form of Clerk's are deleted as extra ones are. Rows without an id are only counted.

      As a safeguard, nothing is deleted if more than 50 rows, or more than a tenth of the rows, would be. \
      --force-deletes raises this limit.

      The exit status is 1 if there are differences, or with --apply if some remain, and 2 if the limit on deletions \
      was exceeded. Foreign rows are no difference.
      """)

  @OptionGroup var source: SourceOptions

  @Flag(help: "Repair the differences.")
  var apply = false

  @Flag(help: "Let --apply also delete the foreign rows with an id in the form of Clerk's.")
  var deleteForeign = false

  @Option(help: ArgumentHelp("Allow --apply to delete up to this many rows.", valueName: "n"))
  var forceDeletes: Int?

  @Flag(help: "Print one JSON object per line: each difference, then a summary.")
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
    var configuration = try settings.configurationWithUsers()
    let (users, api) = try source.users(settings, mapping: configuration.mapping)
    configuration.mapping = users.mapping
    let store = UserStore(configuration)
    try store.check()
    var reconciliation = Reconciliation(store, api: api)
    try await reconciliation.walk(users)
    let objection =
      apply
      ? try await reconciliation.apply(deletesForeign: deleteForeign, forcedDeletions: forceDeletes) : nil
    try reconciliation.report.print(asJSON: json)
    if let objection { throw CommandFailure(objection) }
    if reconciliation.report.remaining > 0 { throw ExitCode(.attention) }
  }
}
