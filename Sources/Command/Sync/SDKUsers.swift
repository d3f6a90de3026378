import ClerkSync

/// User objects in the form of Clerk's JavaScript SDK, such as the JSON of `clerkClient.users.getUserList()`.
enum SDKUsers {
  /// Returns the document with the member names of Clerk's API: `emailAddresses` becomes `email_addresses`. An object of
  /// the API remains as it is, and so does the content of metadata.
  ///
  /// The SDK keeps the API's object in a member `_raw`, which becomes null: otherwise the private metadata would be in
  /// two places.
  static func renamed(_ json: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(json.count + json.count / 16)
    var copied = 0
    var level = 0
    var key = 0..<0
    // The level of the member whose value is copied or dropped whole.
    var whole: (level: Int, isDropped: Bool)?

    func copy(upTo index: Int) {
      result += json[copied..<index]
      copied = index
    }
    func endMember(at index: Int) {
      guard let (memberLevel, isDropped) = whole, memberLevel == level else { return }
      if isDropped {
        result += "null".utf8
        copied = index
      }
      whole = nil
    }
    for token in JSONStructure(json) {
      switch token {
      case .string(let range): key = range
      case .open: level += 1
      case .close(let index):
        endMember(at: index)
        level -= 1
      case .comma(let index): endMember(at: index)
      // A colon without a key of its own is malformed.
      case .colon(let index) where whole == nil && key.lowerBound >= copied:
        let name = snakeCased(json[key])
        copy(upTo: key.lowerBound)
        result += name
        copied = key.upperBound
        copy(upTo: index + 1)
        if name.elementsEqual("_raw".utf8) {
          whole = (level, isDropped: true)
        } else if name.suffix(9).elementsEqual("_metadata".utf8) {
          whole = (level, isDropped: false)
        }
      case .colon: break
      }
    }
    copy(upTo: json.count)
    return result
  }

  /// Returns the name with an underscore before each capital that follows another character, and in lower case. A name
  /// with other characters than ASCII letters, digits and underscores is not the SDK's, and remains.
  private static func snakeCased(_ name: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var wasCapital = true
    for byte in name {
      let isCapital = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
      let isOther =
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
      guard isCapital || isOther else { return Array(name) }
      if isCapital && !wasCapital { result.append(UInt8(ascii: "_")) }
      result.append(isCapital ? byte | 0x20 : byte)
      wasCapital = isCapital
    }
    return result
  }
}
