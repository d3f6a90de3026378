import Glibc
public import Logging

/// A log handler that makes one line of each message, text or JSON, and hands it on with its line break.
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
    let time = Self.timestamp()
    let fields = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
    switch format {
    case .text:
      let pairs = fields.map { " \($0.key)=\(Self.quoted($0.value.description))" }
      write("\(time) \(event.level) \(event.message)\(pairs.joined())\n")
    case .json:
      var object = JSONObject()
      object.append("time", time)
      object.append("level", event.level.rawValue)
      object.append("message", event.message.description)
      for (key, value) in fields {
        if case .stringConvertible(let number as Int) = value {
          object.append(key, number)
        } else {
          object.append(key, value.description)
        }
      }
      write("\(object.text)\n")
    }
  }

  /// The time now as RFC 3339 writes it, in UTC with milliseconds.
  ///
  /// By the C library: Foundation's formatter loads a calendar and the local time zone first, which a CGI
  /// process would pay for on each request.
  private static func timestamp() -> String {
    var now = timespec()
    var parts = unsafe tm()
    unsafe clock_gettime(CLOCK_REALTIME, &now)
    unsafe gmtime_r(&now.tv_sec, &parts)
    let text = unsafe String(unsafeUninitializedCapacity: 32) { buffer in
      unsafe buffer.withMemoryRebound(to: CChar.self) {
        unsafe strftime($0.baseAddress, $0.count, "%Y-%m-%dT%H:%M:%S", &parts)
      }
    }
    let milliseconds = "\(1000 + now.tv_nsec / 1_000_000)".dropFirst()
    return "\(text).\(milliseconds)Z"
  }

  /// The value as it is where it is plain, otherwise as a JSON string: text from outside can neither
  /// begin a line nor pass for a field of its own.
  private static func quoted(_ value: String) -> String {
    let isPlain = value.unicodeScalars.allSatisfy {
      ("!"..."~").contains($0) && !"\"\\=".unicodeScalars.contains($0)
    }
    return isPlain && !value.isEmpty ? value : JSONObject.encode(value)
  }
}
