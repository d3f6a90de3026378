import ClerkSync
public import Logging

/// A log handler that writes each message as one line, as text or JSON, including its line break.
///
/// Long values are shortened. nginx truncates what a FastCGI program writes to standard error after about
/// 2000 bytes, and the rest would start a line of its own.
public struct LineLogHandler: LogHandler {
  public var logLevel = Logger.Level.info
  public var metadata = Logger.Metadata()

  private let format: LogFormat
  private let write: @Sendable (String) -> Void

  public init(format: LogFormat, write: @escaping @Sendable (String) -> Void) {
    self.format = format
    self.write = write
  }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    let time = ISOTime(milliseconds: WallClock.system.now()).text
    let fields = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
      .map { (key: $0.key, value: $0.value, text: Self.shortened($0.value.description, key: $0.key)) }
    switch format {
    case .text:
      var line = "\(time) \(event.level.rawValue) \(event.message)"
      for (key, _, text) in fields { line += " \(key)=\(Self.quoted(text))" }
      write("\(line)\n")
    case .json:
      var object = JSONObject()
      object.append("time", time)
      object.append("level", event.level.rawValue)
      object.append("message", event.message.description)
      for (key, value, text) in fields {
        if case .stringConvertible(let number as Int) = value {
          object.append(key, number)
        } else {
          object.append(key, text)
        }
      }
      write("\(object.text)\n")
    }
  }

  /// Shortens the value to the space available in a line, however it will be escaped.
  private static func shortened(_ value: String, key: String) -> String {
    var room = key == "reason" ? 800 : 200
    if value.utf8.count <= room && value.utf8.allSatisfy(JSONObject.isPlain) { return value }
    let kept = value.unicodeScalars.prefix { scalar in
      // A scalar outside printable ASCII may become two \u escapes.
      room -= ("#"..."~").contains(scalar) || scalar == " " ? 1 : 12
      return room >= 0
    }
    return kept.endIndex == value.endIndex ? value : "\(String(kept))…"
  }

  /// Returns a plain value unchanged and any other value as a JSON string. Text from outside can therefore
  /// neither start a line nor imitate a field.
  private static func quoted(_ value: String) -> String {
    let isPlain = value.utf8.allSatisfy {
      JSONObject.isPlain($0) && $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "=")
    }
    return isPlain && !value.isEmpty ? value : JSONObject.encode(value)
  }
}

/// The form of log lines.
public enum LogFormat: String, CaseIterable, Sendable {
  /// `time level message key=value …`
  case text
  /// One JSON object a line.
  case json
}
