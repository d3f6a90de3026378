/// The reason why a Redis command failed. Never carries command arguments or the text of Redis's error.
public enum RedisError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The connection could not be established; `reason` is the operating system's message.
  case unreachable(reason: String)
  /// No TLS connection could be made, or it failed; `reason` is libssl's message.
  case tls(reason: String)
  /// No sentinel names a master that can be used; `reason` says why for each.
  case noMaster(reason: String)
  /// Redis did not answer before the deadline. The command may or may not have been executed.
  case timedOut
  /// The connection closed before Redis answered.
  case closed
  /// Redis refused the command with this error code, such as `OOM`.
  case refused(command: String, code: String)
  /// No replica has confirmed a write.
  case notReplicated
  /// The reply does not have the form documented for the command.
  case unexpectedReply(command: String)

  /// A description of the failure in one line.
  public var description: String {
    switch self {
    case .unreachable(let reason): "no connection to Redis: \(reason)"
    case .tls(let reason): "no TLS connection to Redis: \(reason)"
    case .noMaster(let reason): "the sentinels name no master: \(reason)"
    case .timedOut: "Redis did not answer in time"
    case .closed: "Redis closed the connection"
    case .refused(let command, let code): "Redis refused \(command) with \(code)"
    case .notReplicated: "no replica of Redis has confirmed the delivery"
    case .unexpectedReply(let command): "unexpected reply to \(command)"
    }
  }
}
