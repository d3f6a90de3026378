/// The form of log lines.
public enum LogFormat: String, CaseIterable, Sendable {
  /// `time level message key=value …`
  case text
  /// One JSON object a line.
  case json
}
