import Foundation

/// What a run of the tests may vary as a whole.
public enum TestMode {
  /// The connection mode of every store and handler, which CLERK_SYNC_TEST_CONNECTION names; nil for the default.
  public static var connection: String? { ProcessInfo.processInfo.environment["CLERK_SYNC_TEST_CONNECTION"] }
}
