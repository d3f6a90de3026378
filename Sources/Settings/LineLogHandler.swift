import ClerkSync
public import Logging

/// A log handler that writes each message as one line, as text or JSON, including its line break.
///
/// Long values are shortened. nginx truncates what a FastCGI program writes to standard error after about
/// 2000 bytes, and the rest would start a line of its own.
public struct LineLogHandler: LogHandler {
  public var logLevel = Logger.Level.info
  public var metadata = Logger.Metadata()

  /// The space reserved for a line of text, in bytes.
  private static let typicalLength = 256

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
    let own = event.metadata ?? [:]
    let fields = (metadata.isEmpty ? own : metadata.merging(own) { $1 }).sorted { $0.key < $1.key }
    switch format {
    case .text:
      var line = ""
      line.reserveCapacity(Self.typicalLength)
      func append(_ texts: String...) {
        for text in texts { line += text }
      }
      append(time, " ", event.level.rawValue, " ", event.message.description)
      for (key, value) in fields {
        append(" ", key, "=", Self.quoted(Self.shortened(value.description, key: key)))
      }
      append("\n")
      write(line)
    case .json:
      var object = JSONObject()
      object.append("time", time)
      object.append("level", event.level.rawValue)
      object.append("message", event.message.description)
      for (key, value) in fields {
        if case .stringConvertible(let number as Int) = value {
          object.append(key, number)
        } else {
          object.append(key, Self.shortened(value.description, key: key))
        }
      }
      write("\(object.text)\n")
    }
  }

  /// Shortens the value to the space available in a line, however it will be escaped.
  private static func shortened(_ value: String, key: String) -> String {
    var room = key == "reason" ? 800 : 200
    if value.utf8.count <= room && JSONObject.isPlain(value) { return value }
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
    let isWord = !value.isEmpty && !value.utf8.contains { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "=") }
    return isWord && JSONObject.isPlain(value) ? value : JSONObject.encode(value)
  }
}

/// The form of log lines.
public enum LogFormat: String, CaseIterable, Sendable {
  /// `time level message key=value …`
  case text
  /// One JSON object a line.
  case json
}
