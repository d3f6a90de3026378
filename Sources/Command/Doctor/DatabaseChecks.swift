import ClerkSync
import Foundation
import Settings

/// Checks that the database can store deliveries durably.
struct DatabaseChecks {
  private let path: String
  private let mapping: Mapping
  private let store: UserStore

  init(configuration: Configuration) {
    path = configuration.database
    mapping = configuration.mapping
    store = UserStore(configuration)
  }

  func findings() -> [Finding] {
    do {
      let inspection = try store.inspect()
      return [journal(inspection)] + schema(inspection)
    } catch .missing {
      return [
        mapping.isBuiltIn
          ? .warning(
            "database", "\(path) does not exist yet",
            remedy: "run clerk-sync init, or wait for the first delivery to create it")
          : .error(
            "database", "\(path) does not exist, and CLERK_SYNC_TABLES maps tables of the application",
            remedy: "set CLERK_SYNC_DATABASE to the application's database")
      ]
    } catch let error where error.isLock {
      return [
        .error(
          "database",
          "\(path) is locked by another program, which lets no one read it: deliveries fail meanwhile",
          remedy: "end its transaction, or the program: fuser -v \(path) names those that have the file open")
      ]
    } catch {
      // The trial says more about a table that does not fit.
      if let problems = try? store.trialProblems(), !problems.isEmpty { return problems.map(finding) }
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
      return [missing(inspection.missingTables)] + trial() + references(inspection)
    }
    let version = "version \(inspection.schemaVersion) of the clerk_sync tables"
    let upgrade =
      inspection.isOutdated ? ", which the first delivery upgrades, and so does clerk-sync init" : ""
    return [.ok("schema", "valid; \(version)\(upgrade)")]
      + trial() + times() + unsynced(inspection) + references(inspection) + triggers(inspection)
      + [failures(inspection), refusals(inspection)]
      + ReconcileChecks((try? store.reconciliations()) ?? []).findings()
  }

  /// A migration tool drops tables that it does not know.
  private func missing(_ tables: [String]) -> Finding {
    let names = tables.joined(separator: ", ")
    let isPartial = (1...3).contains(tables.count { $0.hasPrefix("clerk_sync_") })
    guard isPartial else {
      return .warning("schema", "missing tables: \(names)", remedy: "run clerk-sync init to create them")
    }
    let forgetsDeletions = tables.contains("clerk_sync_versions")
    return .warning(
      "schema", "missing tables: \(names)\(forgetsDeletions ? ": deletions are no longer remembered" : "")",
      remedy:
        "run clerk-sync init\(forgetsDeletions ? ", and then clerk-sync reconcile" : ""); if a migration dropped them, "
        + "exempt clerk_sync_*: tablesFilter: [\"!clerk_sync_*\"] in drizzle.config.ts, or tables.external in "
        + "prisma.config.ts")
  }

  private func trial() -> [Finding] {
    do {
      let problems = try store.trialProblems()
      guard problems.isEmpty else { return problems.map(finding) }
      return [.ok("tables", "\(names): an insert, an update and a deletion succeed, and were rolled back")]
    } catch {
      return [
        .warning(
          "tables", "not tried: \(error)",
          remedy: "run clerk-sync tables check later, as the user of the handler")
      ]
    }
  }

  private func finding(_ problem: TrialProblem) -> Finding {
    .error("tables", problem.what, remedy: problem.remedy)
  }

  private func times() -> [Finding] {
    guard let mismatches = try? store.timeMismatches() else { return [] }
    return mismatches.map { mismatch in
      let remedy =
        if !mapping.isBuiltIn {
          "set \"\(mismatch.fitting.rawValue)\" in the rule of \(mismatch.column)"
        } else if mismatch.fitting.isNumber {
          "set CLERK_SYNC_TIMESTAMPS=\(mismatch.fitting.rawValue)"
        } else {
          "use a mapping, which clerk-sync tables suggest prints"
        }
      return .warning(
        "times",
        "\(mismatch.table).\(mismatch.column) gets \(mismatch.written.rawValue), but \(mismatch.evidence)",
        remedy: remedy)
    }
  }

  private func unsynced(_ inspection: Inspection) -> [Finding] {
    mapping.tableNames.compactMap { entity, table in
      guard entity == .user, let count = inspection.unsynced[table], count > 0 else { return nil }
      return .ok(
        "rows",
        "\(count) \(count == 1 ? "row" : "rows") of \(table) \(count == 1 ? "was" : "were") never written by "
          + "clerk-sync: run clerk-sync backfill")
    }
  }

  /// The names of the mapped tables.
  private var names: String { mapping.tableNames.map(\.table).joined(separator: ", ") }

  private func references(_ inspection: Inspection) -> [Finding] {
    if inspection.blockingReferences.isEmpty {
      let objects = mapping.tableNames.map { $0.entity.noun }.joined(separator: " or ")
      return [.ok("foreign keys", "none prevents the deletion or a change of \(objects)")]
    }
    return inspection.blockingReferences.map { .warning("foreign keys", $0.what, remedy: $0.remedy) }
  }

  private func triggers(_ inspection: Inspection) -> [Finding] {
    guard !inspection.triggers.isEmpty else { return [] }
    let names = inspection.triggers.joined(separator: ", ")
    return [.ok("triggers", "on \(self.names): \(names); if one fails, the delivery fails")]
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
