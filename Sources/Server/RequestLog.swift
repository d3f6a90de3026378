import Gateway
import Logging

/// The log record of one request.
struct RequestLog {
  let svixID: String?
  var type: String?
  var objectID: String?
  /// Describes anything unusual. Never contains a secret, an e-mail address or a payload.
  var reason: String?
  /// Whether the signature has been verified.
  var isVerified = false

  /// Writes the request's one log line. `duration` is the time spent in the application.
  func log(_ reply: Reply, duration: Duration, to logger: Logger) {
    let status = reply.response.status.code
    let level: Logger.Level =
      switch status {
      case _ where reply.isRoutine: .debug
      case 500...: .error
      case 400...: .warning
      default: reason == nil ? .info : .warning
      }
    var metadata: Logger.Metadata = [
      "outcome": .string(reply.outcome), "status": .stringConvertible(status),
      "us": .stringConvertible(Int(duration / .microseconds(1))),
    ]
    let object = type?.hasPrefix("organization") == true ? "object" : "user"
    for (key, text) in [("svix_id", svixID), ("type", type), (object, objectID), ("reason", reason)] {
      metadata[key] = text.map { .string($0) }
    }
    logger.log(level: level, "request", metadata: metadata)
  }
}
