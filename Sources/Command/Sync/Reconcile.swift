import ArgumentParser
import ClerkSync
import Settings

/// `clerk-sync reconcile`
struct Reconcile: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare the users table with Clerk, and repair it on demand.",
    discussion: """
      Lists the users who are missing here, who differ, and who are extra here, and changes nothing without --apply. \
      Asks Clerk's Backend API, with the key in CLERK_SECRET_KEY or in the file that CLERK_SECRET_KEY_FILE names, or \
      reads a file.

      --apply writes missing and different users as `backfill` does, and deletes the extra ones for good, each after \
      Clerk has confirmed that there is no such user. A file confirms nothing: it must hold all users, and be newer \
      than the last one who was created. More than a tenth of the rows, or more than 50, are not deleted without \
      --force-deletes.

      Exits with 1 when there is drift, or some of it remains, and with 2 when it would have had to delete too much.
      """)

  @OptionGroup var settings: SettingsOptions
  @OptionGroup var source: SourceOptions

  @Flag(help: "Repair what differs.")
  var apply = false

  @Option(help: ArgumentHelp("Allow --apply to delete as many rows as this.", valueName: "n"))
  var forceDeletes: Int?

  @Flag(help: "Print a JSON object for each difference, and one with their numbers.")
  var json = false

  func validate() throws {
    guard let forceDeletes else { return }
    guard apply else {
      throw ValidationError("--force-deletes needs --apply, without which nothing is deleted")
    }
    guard forceDeletes >= 0 else { throw ValidationError("--force-deletes must be 0 or more rows") }
  }

  func run() async throws {
    let configuration = try settings.configuration()
    let (users, api) = try source.users(settings, roles: configuration.roles)
    let store = UserStore(configuration)
    try store.check()
    var reconciliation = Reconciliation(store, api: api)
    try await reconciliation.walk(users)
    let objection = apply ? try await reconciliation.apply(forceDeletes) : nil
    try reconciliation.report.print(asJSON: json)
    if let objection { throw CommandFailure(objection) }
    if reconciliation.report.remaining > 0 { throw ExitCode(ExitStatus.attention.rawValue) }
  }
}
