/// Why Redis did not do what it was asked. Never carries what was sent to it, nor what it said about that.
public enum RedisError: Error, Equatable, Sendable, CustomStringConvertible {
  /// No connection could be made, for the system's own `reason`.
  case unreachable(reason: String)
  /// The time was up before Redis had answered, so that what it has done is not known.
  case timedOut
  /// The connection ended before Redis had answered.
  case closed
  /// Redis refused the command, with an error of this code, such as `OOM`.
  case refused(command: String, code: String)
  /// What came in answer to the command is not what Redis answers.
  case unexpectedReply(command: String)

  /// What was wrong, in one line.
  public var description: String {
    switch self {
    case .unreachable(let reason): "no connection to Redis: \(reason)"
    case .timedOut: "Redis did not answer in time"
    case .closed: "Redis closed the connection"
    case .refused(let command, let code): "Redis refused \(command) with \(code)"
    case .unexpectedReply(let command): "what answered \(command) is not Redis as expected"
    }
  }
}
