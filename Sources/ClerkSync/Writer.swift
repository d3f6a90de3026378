/// Brings writes to the disk, in one of the two connection modes.
protocol Writer: Sendable {
  /// Returns once the write is on disk; waits up to `timeout` milliseconds for another program's lock, or not at all.
  func write(_ operation: StoreOperation, timeout: Int32?) throws(StoreError) -> Outcome
}
