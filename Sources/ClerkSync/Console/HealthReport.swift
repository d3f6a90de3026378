/// How the sync stands, for whoever watches it.
struct HealthReport: Encodable, Equatable {
  enum Status: String, Encodable {
    case ok
    /// Nothing has arrived for too long; the endpoint may be switched off at Clerk, or the way to it cut.
    case silent
  }

  var status = Status.ok
  /// When the last attempt at a delivery came, in milliseconds since 1970.
  var lastDelivery: Int64?
  /// Seconds since then.
  var age: Int64?
  /// After how many hours without a delivery the status is silent.
  var silenceHours: Int?
  var pendingFailures: Int64?
  var sqlite: String?
  var journalMode: String?
  var queue: QueueStatistics?
  private(set) var version = Release.version

  /// Of a receiver, which has no database.
  init(ofQueue queue: QueueStatistics?) {
    self.queue = queue
  }
}
