/// The structure of a JSON document: its brackets, colons, commas and strings, in order.
///
/// The bytes between them are skipped, so a malformed document has a structure too. The sequence ends early in a string
/// that is not closed. It takes linear time and constant memory.
package struct JSONStructure: Sequence, IteratorProtocol {
  package enum Token {
    /// `{` or `[`, with its offset in the document.
    case open(Int)
    /// `}` or `]`, with its offset.
    case close(Int)
    case colon(Int)
    case comma(Int)
    /// The bytes between the quotes, with their escapes.
    case string(Range<Int>)
  }

  private let json: [UInt8]
  private var index = 0

  package init(_ json: [UInt8]) {
    self.json = json
  }

  package mutating func next() -> Token? {
    while index < json.count {
      defer { index += 1 }
      switch json[index] {
      case UInt8(ascii: "{"), UInt8(ascii: "["): return .open(index)
      case UInt8(ascii: "}"), UInt8(ascii: "]"): return .close(index)
      case UInt8(ascii: ":"): return .colon(index)
      case UInt8(ascii: ","): return .comma(index)
      case UInt8(ascii: "\""):
        let start = index + 1
        index = start
        while index < json.count, json[index] != UInt8(ascii: "\"") {
          index += json[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return index < json.count ? .string(start..<index) : nil
      default: break
      }
    }
    return nil
  }
}
