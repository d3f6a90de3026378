import ClerkSync
import Foundation
import Settings

/// Checks that the database can store deliveries durably.
struct DatabaseChecks {
  let path: String

  func findings() -> [Finding] {
    do {
      let inspection = try UserStore(database: path).inspect()
      return [journal(inspection)] + schema(inspection)
    } catch .missing {
      return [
        .warning(
          "database", "\(path) does not exist yet",
          remedy: "run clerk-sync init, or wait for the first delivery to create it")
      ]
    } catch {
      return [
        .error("database", "\(error)", remedy: "see the README, What is stored, for the expected table")
      ]
    }
  }

  private func journal(_ inspection: Inspection) -> Finding {
    let (mode, network) = (inspection.journalMode, FileSystem(of: path).network)
    let leaving = "sqlite3 \(path) 'PRAGMA journal_mode = DELETE'"
    switch (mode == "wal", network) {
    case (true, let network?):
      return .error(
        "journal", "WAL on \(network): programs on several machines corrupt the database",
        remedy: "move the file to a local disk, or: \(leaving)")
    case (false, let network?):
      return .warning(
        "journal", "\(mode), on \(network): the database is only as safe as the locks of that file system",
        remedy: "move the file to a local disk")
    case (true, nil) where !inspection.hasWALResetFix:
      return .warning(
        "journal",
        "WAL, with SQLite \(inspection.library), which has the WAL-reset bug: another program's checkpoint that races a "
          + "commit can corrupt the database",
        remedy:
          "keep WAL only if no other program writes to the file, or every one that does has SQLite 3.51.3, 3.50.7 "
          + "or 3.44.6 or newer; otherwise: \(leaving)")
    case (false, nil):
      return .ok(
        "journal",
        "\(mode), with SQLite \(inspection.library); WAL is faster, and safe if no other program writes to the file, or "
          + "every one that does has the fix for the WAL-reset bug")
    default:
      return .ok("journal", "\(mode), with SQLite \(inspection.library)")
    }
  }

  private func schema(_ inspection: Inspection) -> [Finding] {
    if let table = inspection.otherUserTable {
      return [
        .error(
          "schema", "no table users, but \(table) looks like one: deliveries are answered 500",
          remedy: "run clerk-sync tables suggest, which prints a mapping to \(table)")
      ]
    }
    guard inspection.missingTables.isEmpty else {
      let names = inspection.missingTables.joined(separator: ", ")
      return [.warning("schema", "missing tables: \(names)", remedy: "run clerk-sync init to create them")]
    }
    let version = "version \(inspection.schemaVersion) of the clerk_sync tables"
    let upgrade =
      inspection.isOutdated ? ", which the first delivery upgrades, and so does clerk-sync init" : ""
    return [.ok("schema", "valid; \(version)\(upgrade)")]
      + references(inspection) + triggers(inspection) + [failures(inspection), refusals(inspection)]
  }

  private func references(_ inspection: Inspection) -> [Finding] {
    if inspection.blockingReferences.isEmpty {
      return [.ok("foreign keys", "none prevents the deletion of a user")]
    }
    return inspection.blockingReferences.map { reference in
      let column = "\(reference.table).\(reference.column)"
      let rows =
        reference.way.isEmpty
        ? "such rows" : "such rows, through \(reference.way.joined(separator: " and then ")),"
      // SET NULL blocks a deletion only if the column is NOT NULL.
      return reference.action == "SET NULL"
        ? .warning(
          "foreign keys",
          "\(column) has ON DELETE SET NULL, but is NOT NULL: a user with \(rows) cannot be deleted",
          remedy: "declare it ON DELETE CASCADE, or allow NULL")
        : .warning(
          "foreign keys",
          "\(column) has ON DELETE \(reference.action): a user with \(rows) cannot be deleted",
          remedy: "declare it ON DELETE CASCADE or ON DELETE SET NULL")
    }
  }

  private func triggers(_ inspection: Inspection) -> [Finding] {
    guard !inspection.triggers.isEmpty else { return [] }
    let names = inspection.triggers.joined(separator: ", ")
    return [.ok("triggers", "on users: \(names); if one fails, the delivery fails")]
  }

  private func failures(_ inspection: Inspection) -> Finding {
    guard inspection.failures > 0 else { return .ok("failures", "none pending") }
    let first = Date(timeIntervalSince1970: Double(inspection.oldestFailure ?? 0) / 1000).ISO8601Format()
    return .warning(
      "failures", "\(inspection.failures) pending, the oldest from \(first)",
      remedy: "run clerk-sync retry-list, and replay them from the Clerk dashboard")
  }

  private func refusals(_ inspection: Inspection) -> Finding {
    guard inspection.refused > 0 else { return .ok("refused", "none") }
    return .ok(
      "refused",
      "\(inspection.refused), which no retry can mend and which need no attention; clerk-sync deliveries --refused "
        + "lists them")
  }
}
