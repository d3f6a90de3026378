/// A command and its arguments, which may hold any bytes.
public struct RedisCommand: Sendable {
  /// As it is known in errors.
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
