/// Brings writes to the disk, in one of the two connection modes.
protocol Writer: Sendable {
  /// Returns once the write is on disk; waits up to `patience` milliseconds for another program's lock, or not at all.
  func write(_ write: Write, patience: Int32?) throws(StoreError) -> Outcome
}
