import CSQLite

/// The SQLite library that this process has loaded.
public enum Library {
  /// Turns memory statistics off, once, before the first connection: they take a process-wide lock on each allocation
  /// (sqlite.org/c3ref/c_config_covering_index_scan.html#sqliteconfigmemstatus). Has no effect in a process that has
  /// used SQLite already.
  static let configure: Void = { _ = csqlite_config(SQLITE_CONFIG_MEMSTATUS, 0) }()

  /// The version, such as 3.51.3.
  public static var version: String { unsafe String(cString: sqlite3_libversion()) }

  /// Whether this library is free of the WAL-reset bug: a checkpoint that races a commit can corrupt the database.
  public static var hasWALResetFix: Bool { hasWALResetFix(version: sqlite3_libversion_number()) }

  /// The fix is in 3.51.3 and later, 3.50.7 and 3.44.6 (sqlite.org/wal.html#walresetbug). 3040001 means 3.40.1.
  static func hasWALResetFix(version: Int32) -> Bool {
    version >= 3_051_003
      || (3_050_007..<3_051_000).contains(version)
      || (3_044_006..<3_045_000).contains(version)
  }
}
