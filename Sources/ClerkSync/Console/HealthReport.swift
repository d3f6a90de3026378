/// How the sync stands, for whoever watches it.
struct HealthReport: Encodable, Equatable {
  enum Status: String, Encodable {
    case ok
    /// Nothing has arrived for too long; the endpoint may be switched off at Clerk, or the way to it cut.
    case silent
  }

  let status: Status
  /// When the last attempt at a delivery came, in milliseconds since 1970.
  let lastDelivery: Int64?
  /// Seconds since then.
  let age: Int64?
  /// After how many hours without a delivery the status is silent.
  let silenceHours: Int?
  let pendingFailures: Int64
  let sqlite: String
  let journalMode: String
  let version: String
}
