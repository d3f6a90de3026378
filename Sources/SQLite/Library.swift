import CSQLite

/// The SQLite library this program runs with.
public enum Library {
  /// Whether this library cannot corrupt a WAL database when a checkpoint races a commit.
  public static var hasWALResetFix: Bool { hasWALResetFix(version: sqlite3_libversion_number()) }

  /// The fix is in 3.51.3 and later, 3.50.7 and 3.44.6 (sqlite.org/wal.html#walresetbug); 3.40.1 is 3040001.
  static func hasWALResetFix(version: Int32) -> Bool {
    version >= 3_051_003
      || (3_050_007..<3_051_000).contains(version)
      || (3_044_006..<3_045_000).contains(version)
  }
}
