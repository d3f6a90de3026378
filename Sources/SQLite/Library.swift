import CSQLite

/// The SQLite library this program runs with.
public enum Library {
  /// Done once, before the first connection. Statistics that nobody asks for cost a process-wide lock with each
  /// allocation (sqlite.org/c3ref/c_config_covering_index_scan.html#sqliteconfigmemstatus); a program that has used
  /// SQLite before keeps them.
  static let configure: Void = { _ = csqlite_config(SQLITE_CONFIG_MEMSTATUS, 0) }()

  /// Its version, such as 3.51.3.
  public static var version: String { unsafe String(cString: sqlite3_libversion()) }

  /// Whether this library cannot corrupt a WAL database when a checkpoint races a commit.
  public static var hasWALResetFix: Bool { hasWALResetFix(version: sqlite3_libversion_number()) }

  /// The fix is in 3.51.3 and later, 3.50.7 and 3.44.6 (sqlite.org/wal.html#walresetbug); 3.40.1 is 3040001.
  static func hasWALResetFix(version: Int32) -> Bool {
    version >= 3_051_003
      || (3_050_007..<3_051_000).contains(version)
      || (3_044_006..<3_045_000).contains(version)
  }
}
