/// A Redis command and its arguments, which may contain any bytes.
public struct RedisCommand: Sendable {
  /// The name that errors report.
  public let name: String
  private(set) var words: [[UInt8]]

  public init(_ name: String, _ arguments: String...) {
    self.init(name, arguments)
  }

  public init(_ name: String, _ arguments: [String]) {
    self.name = name
    words = ([name] + arguments).map { Array($0.utf8) }
  }

  public mutating func append(_ arguments: String...) {
    words += arguments.map { Array($0.utf8) }
  }

  public mutating func append(_ arguments: [[UInt8]]) {
    words += arguments
  }

  /// As Redis expects it (redis.io/docs/latest/develop/reference/protocol-spec, section "Sending commands").
  var encoded: [UInt8] {
    var bytes = Array("*\(words.count)\r\n".utf8)
    for word in words { bytes += Array("$\(word.count)\r\n".utf8) + word + [13, 10] }
    return bytes
  }
}
