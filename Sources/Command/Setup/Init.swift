public import ArgumentParser
public import ClerkSync
import Settings

/// `clerk-sync init`
struct Init: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Create the database, or adopt an existing one.",
    discussion: """
      Creates the tables that are missing, upgrades clerk-sync's own tables if an older version created them, and \
      changes nothing else, so it is safe to run again. An existing database keeps its journal mode unless \
      --journal-mode is given.

      If the database has no users table but one that looks like it, such as User or accounts, nothing is created, and \
      the exit status is 1: see `clerk-sync tables suggest`. The same holds if Clerk's objects cannot be stored in the \
      application's tables: see `clerk-sync tables check`. The exit status is also 1 after a warning.
      """)

  @Option(
    help: ArgumentHelp(
      "The SQLite journal mode. (default: wal, or delete if the linked SQLite has the WAL-reset bug)",
      valueName: "mode"))
  var journalMode: UserStore.JournalMode?

  @OptionGroup var settings: SettingsOptions

  func run() throws {
    let configuration = try settings.configuration()
    let store = UserStore(configuration)
    let before = try inspect(store)
    do throws(StoreError) {
      try store.prepare()
    } catch {
      switch error {
      case .otherUserTable, .tableDoesNotFit: throw CommandFailure("\(error)", status: .attention)
      default: throw error
      }
    }
    if let journalMode { try store.setJournalMode(journalMode) }
    let after = try store.inspect()

    print("\(configuration.database): \(try Self.welcome(before, in: store))")
    let made = before?.missingTables ?? []
    if !made.isEmpty { print("tables created: \(made.joined(separator: ", "))") }
    if let before, before.isOutdated {
      print("clerk_sync tables: upgraded from version \(before.schemaVersion) to \(after.schemaVersion)")
    }
    print("journal mode: \(after.journalMode), \(reason(before, after))")
    if journalMode == .wal, !after.hasWALResetFix {
      Terminal.complain(
        "warning: SQLite \(after.library) has the WAL-reset bug (sqlite.org/wal.html#walresetbug): keep WAL only if no "
          + "other program writes to the file, or every one that does has the fix; otherwise use --journal-mode delete"
      )
      throw ExitCode(.attention)
    }
  }

  /// Returns nil if the database does not exist yet.
  private func inspect(_ store: UserStore) throws -> Inspection? {
    do throws(StoreError) {
      return try store.inspect()
    } catch {
      if case .missing = error { return nil }
      throw error
    }
  }

  private static func welcome(
    _ before: Inspection?, in store: UserStore
  ) throws -> String {
    guard let before else { return "created, with an empty users table and clerk-sync's own tables" }
    guard !before.missingTables.contains("users") else { return "adopted; it had no users table" }
    let tables = try store.rowCounts().map { table, rows in
      "\(table) table with \(rows) \(rows == 1 ? "row" : "rows")"
    }
    return
      "\(before.missingTables.isEmpty ? "already initialized" : "adopted"), \(tables.joined(separator: ", "))"
  }

  private func reason(_ before: Inspection?, _ after: Inspection) -> String {
    if journalMode != nil { return "as requested" }
    if before != nil { return "unchanged" }
    let library = "SQLite \(after.library)"
    return after.hasWALResetFix
      ? "because \(library) does not have the WAL-reset bug"
      : "because \(library) has the WAL-reset bug (sqlite.org/wal.html#walresetbug); choose WAL with\n"
        + "--journal-mode wal if no other program writes to the file, or every one that does has the fix"
  }
}

extension UserStore.JournalMode: ExpressibleByArgument {}
