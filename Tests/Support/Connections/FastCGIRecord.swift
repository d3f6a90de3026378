/// The records that a web server sends (FastCGI specification, section 3.3).
public enum FastCGIRecord {
  public static let beginRequest: UInt8 = 1
  public static let abortRequest: UInt8 = 2
  public static let endRequest: UInt8 = 3
  public static let params: UInt8 = 4
  public static let stdin: UInt8 = 5
  public static let stdout: UInt8 = 6
  public static let stderr: UInt8 = 7
  public static let getValues: UInt8 = 9
  public static let getValuesResult: UInt8 = 10
  public static let unknownType: UInt8 = 11

  /// Returns one record; `content` has at most 65535 bytes.
  public static func record(
    _ type: UInt8, _ content: [UInt8] = [], version: UInt8 = 1, id: UInt16 = 1
  ) -> [UInt8] {
    let length = UInt16(content.count)
    return [version, type, UInt8(id >> 8), UInt8(id & 255), UInt8(length >> 8), UInt8(length & 255), 0, 0]
      + content
  }

  /// Returns FCGI_BEGIN_REQUEST. Role 1 is the responder, and flag 1 asks to keep the connection.
  public static func begin(role: UInt8 = 1, flags: UInt8 = 0) -> [UInt8] {
    record(beginRequest, [0, role, flags, 0, 0, 0, 0, 0])
  }

  /// Returns a stream of records that ends with an empty one.
  public static func stream(_ type: UInt8, _ content: [UInt8], chunk: Int = 32_768) -> [UInt8] {
    stride(from: 0, to: content.count, by: chunk).reduce(into: []) { records, start in
      records += record(type, Array(content[start..<min(start + chunk, content.count)]))
    } + record(type)
  }

  /// Returns encoded name-value pairs (FastCGI specification, section 3.4).
  public static func pairs(_ parameters: [(String, String)]) -> [UInt8] {
    func length(_ text: String) -> [UInt8] {
      let count = UInt32(text.utf8.count)
      guard count > 127 else { return [UInt8(count)] }
      return [
        UInt8(count >> 24) | 0x80, UInt8(count >> 16 & 255), UInt8(count >> 8 & 255), UInt8(count & 255),
      ]
    }
    return parameters.flatMap { length($0.0) + length($0.1) + Array($0.0.utf8) + Array($0.1.utf8) }
  }

  /// Returns a complete request as a web server sends it.
  public static func request(_ parameters: [(String, String)], body: [UInt8] = []) -> [UInt8] {
    begin() + stream(params, pairs(parameters)) + stream(stdin, body)
  }
}
