import ClerkSync

/// Checks the last comparisons with Clerk. Without any, there is nothing to check.
struct ReconcileChecks {
  /// The age of the last success, in milliseconds, beyond which the comparisons count as stopped: two days, as in the
  /// alarm.
  private static let longestPause: Int64 = 2 * 86_400_000

  private let records: [ReconciliationRecord]

  init(_ records: [ReconciliationRecord]) {
    self.records = records
  }

  func findings() -> [Finding] {
    let problems = records.compactMap(problem)
    let compared = records.filter { $0.lastSuccess != nil }
    guard problems.isEmpty, let oldest = compared.compactMap(\.lastSuccess).min() else { return problems }
    let objects = compared.map(\.entity.plural).joined(separator: ", ")
    return [.ok("reconcile", "\(objects): no differences from Clerk, \(Timestamp(milliseconds: oldest).age)")]
  }

  private func problem(of record: ReconciliationRecord) -> Finding? {
    let objects = record.entity.plural
    if let since = record.driftSince, let count = record.figures?.remaining.total {
      return .warning(
        "reconcile",
        "\(objects): differences from Clerk since \(Timestamp(milliseconds: since)), now \(count)",
        remedy: "run clerk-sync reconcile, which lists them, and with --apply repairs them")
    }
    let age = Timestamp.now.milliseconds - (record.lastSuccess ?? record.started)
    let hasFailed = record.ended != nil && !record.succeeded
    guard hasFailed || age > Self.longestPause else { return nil }
    let last = record.lastSuccess.map { " since \(Timestamp(milliseconds: $0))" } ?? ""
    return .warning(
      "reconcile", "\(objects): no comparison with Clerk has succeeded\(last)",
      remedy: "run clerk-sync reconcile, which says why; under systemd see journalctl -u clerk-sync-reconcile"
    )
  }
}
