import CLibcrypto

/// Base64 as in RFC 4648, section 4, implemented by libcrypto.
enum Base64 {
  /// Returns the decoded bytes, or nil when `text` is not base64. Padding is optional.
  ///
  /// EVP_DecodeBlock trims white space, rejects unpadded input and decodes padding to zero bytes. The input
  /// is therefore validated and padded first, and the result is shortened.
  static func decode(_ text: some StringProtocol) -> [UInt8]? {
    let characters = Array(text.utf8)
    let digits = characters.prefix { $0 != UInt8(ascii: "=") }
    let padding = characters.dropFirst(digits.count)
    let missing = (4 - digits.count % 4) % 4
    guard digits.allSatisfy(isDigit), missing != 3,
      padding.isEmpty || padding.elementsEqual(repeatElement(UInt8(ascii: "="), count: missing))
    else { return nil }

    let complete = Array(digits) + Array(repeating: UInt8(ascii: "="), count: missing)
    var bytes = [UInt8](repeating: 0, count: complete.count / 4 * 3)
    let count = unsafe EVP_DecodeBlock(&bytes, complete, Int32(complete.count))
    return count < 0 ? nil : Array(bytes.prefix(Int(count) - missing))
  }

  static func encode(_ bytes: [UInt8]) -> String {
    // EVP_EncodeBlock appends a NUL.
    var text = [UInt8](repeating: 0, count: (bytes.count + 2) / 3 * 4 + 1)
    let count = unsafe EVP_EncodeBlock(&text, bytes, Int32(bytes.count))
    return String(decoding: text.prefix(Int(count)), as: UTF8.self)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
      true
    default:
      false
    }
  }
}
