import ArgumentParser
import ClerkSync
import Settings

/// `clerk-sync prune`
struct Prune: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Remove expired ledger entries and tombstones.",
    discussion: """
      The handler removes a few expired rows with each delivery. This command removes all of them, in short \
      transactions that do not delay deliveries. The file does not shrink; SQLite reuses the free pages.
      """)

  @Option(
    help: ArgumentHelp(
      "Remove rows older than this age, at least 1d, such as 30d or 12w. (default: CLERK_SYNC_RETENTION_DAYS)",
      valueName: "age"),
    transform: Age.init)
  var olderThan: Age?

  @Flag(help: "Count the expired rows without removing them.")
  var dryRun = false

  @OptionGroup var settings: SettingsOptions

  func validate() throws {
    if let olderThan, olderThan.milliseconds < Age.day {
      throw ValidationError(
        "--older-than: expected at least 1d, because Svix retries a message for more than a day")
    }
  }

  func run() throws {
    let configuration = try settings.configuration()
    let store = UserStore(configuration)
    let age = olderThan ?? Age(days: configuration.retention)
    let limit = Timestamp(milliseconds: Timestamp.now.milliseconds - age.milliseconds)
    let prunable = try store.prunable(before: limit.milliseconds)
    guard !dryRun else { return print("would remove \(prunable.text) older than \(limit)") }

    var progress = ProgressBar(total: Int(prunable.total), of: "rows")
    var shown: Int64 = 0
    let removed = try store.prune(before: limit.milliseconds) { gone in
      progress.advance(by: Int(gone.total - shown))
      shown = gone.total
    }
    ProgressBar.clear()
    print("removed \(removed.text) older than \(limit)")
  }
}

extension PrunedRows {
  fileprivate var text: String {
    let parts = [
      "\(deliveries) \(deliveries == 1 ? "ledger entry" : "ledger entries")",
      "\(tombstones) \(tombstones == 1 ? "tombstone" : "tombstones")",
    ]
    return (parts + (changes == 0 ? [] : ["\(changes) \(changes == 1 ? "change" : "changes")"]))
      .joined(separator: " and ")
  }
}
