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
}
