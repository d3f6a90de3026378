import ClerkSync

/// Records the comparisons of one command with Clerk in the database. A failure to record is reported, and does not end
/// the comparison.
struct RunRecorder {
  private let store: UserStore
  /// Whether differences are repaired.
  private let applied: Bool
  /// The comparison in progress.
  private var run: ReconciliationRun?
  /// The last failure that was reported, which is not repeated for each comparison.
  private var reported: String?

  init(_ store: UserStore, applied: Bool) {
    (self.store, self.applied) = (store, applied)
  }

  /// Records that a comparison begins. If the command is killed, it remains recorded as one without an end.
  mutating func begin(_ entity: Entity) {
    run = ReconciliationRun(entity, started: Timestamp.now.milliseconds, applied: applied)
    record()
  }

  mutating func end(_ state: ReconciliationRun.State) {
    run?.state = state
    record()
  }

  private mutating func record() {
    guard let run else { return }
    do {
      try store.record(run)
    } catch {
      let message = "\(error)"
      if message != reported { ProgressBar.say("not recorded: \(message)") }
      reported = message
    }
  }
}
