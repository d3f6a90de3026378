import CHiredis

/// A reply from Redis (redis.io/docs/latest/develop/reference/protocol-spec, RESP2).
public enum RedisReply: Equatable, Sendable {
  case null
  case integer(Int64)
  /// A string of arbitrary bytes, or a status such as `OK`.
  case bytes([UInt8])
  case array([RedisReply])

  /// The text of a string, or an integer in decimal.
  public var text: String? {
    switch self {
    case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
    case .integer(let number): String(number)
    case .null, .array: nil
    }
  }

  public var bytes: [UInt8]? {
    if case .bytes(let bytes) = self { bytes } else { nil }
  }

  public var integer: Int64? {
    if case .integer(let number) = self { number } else { nil }
  }

  /// The elements of an array. Empty for every other reply, including null.
  public var elements: [RedisReply] {
    if case .array(let elements) = self { elements } else { [] }
  }

  /// Copies hiredis's reply. Throws ``RedisError/refused(command:code:)`` for an error at any depth of it.
  init(_ reply: UnsafeMutablePointer<redisReply>, to command: String) throws(RedisError) {
    switch unsafe reply.pointee.type {
    case REDIS_REPLY_NIL: self = .null
    case REDIS_REPLY_INTEGER: self = .integer(unsafe reply.pointee.integer)
    case REDIS_REPLY_STRING, REDIS_REPLY_STATUS: self = .bytes(unsafe Self.string(of: reply))
    case REDIS_REPLY_ARRAY:
      var elements: [RedisReply] = []
      for index in 0..<(unsafe reply.pointee.elements) {
        // hiredis sets every element; the check replaces a force unwrap.
        guard let element = unsafe reply.pointee.element[index] else {
          throw .unexpectedReply(command: command)
        }
        elements.append(try unsafe RedisReply(element, to: command))
      }
      self = .array(elements)
    case REDIS_REPLY_ERROR:
      throw .refused(command: command, code: Self.code(unsafe Self.string(of: reply)))
    default: throw .unexpectedReply(command: command)
    }
  }

  @unsafe private static func string(of reply: UnsafeMutablePointer<redisReply>) -> [UInt8] {
    unsafe Array(UnsafeRawBufferPointer(start: reply.pointee.str, count: reply.pointee.len))
  }

  /// Returns the first word of an error message. The rest is dropped, because it may quote the command.
  private static func code(_ error: [UInt8]) -> String {
    let word = error.prefix { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
    return word.isEmpty ? "ERR" : String(decoding: word, as: UTF8.self)
  }
}
