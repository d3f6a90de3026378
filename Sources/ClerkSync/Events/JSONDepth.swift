/// Limits the nesting of a JSON document.
///
/// JSONDecoder rejects a document of more than 512 levels as a whole, and Clerk's users can write `unsafe_metadata`
/// themselves. A value that is nested too deeply therefore counts as null.
package enum JSONDepth {
  /// The deepest level that is kept. The outermost value of a document has level 1.
  static let limit = 100

  /// The number of values that are reported for one document.
  private static let pathLimit = 100
  /// The number of components in a path.
  private static let shownLevels = 6
  /// The longest key in a path, in bytes.
  private static let shownKeyLength = 32

  /// The place of a value within its parent.
  private enum Place {
    /// The bytes of the key in the document.
    case member(Range<Int>)
    case element(Int)
  }

  /// Returns the document with each value of level 101 replaced by null, and the paths of these values.
  ///
  /// A path has the first six keys and indexes, such as `data.unsafe_metadata.a.0.0.0…`. Keys come from users too: one
  /// that is not a short identifier is shown as `*`. Neighbours with the same path are reported once.
  ///
  /// Within a replaced value nothing but the pairing of its outermost brackets is checked. Any other malformed document
  /// remains malformed.
  static func pruned(_ json: [UInt8]) -> (json: [UInt8], paths: [String]) {
    guard openingBrackets(in: json) > limit else { return (json, []) }
    var result: [UInt8] = []
    var copied = 0
    var paths: [String] = []
    var isReported = false
    var places = [Place](repeating: .element(0), count: limit)
    var level = 0
    var key = 0..<0
    var start = 0

    func enter(_ place: Place) {
      places[level - 1] = place
      if level <= shownLevels { isReported = false }
    }
    for token in JSONStructure(json) {
      switch token {
      case .string(let range): key = range
      case .open(let index):
        level += 1
        if level <= limit {
          enter(json[index] == UInt8(ascii: "[") ? .element(0) : .member(0..<0))
        } else if level == limit + 1 {
          start = index
        }
      case .close(let index):
        // In ASCII, each closing bracket is two after its opening one.
        if level == limit + 1, json[index] == json[start] + 2 {
          result += json[copied..<start]
          result += "null".utf8
          copied = index + 1
          if !isReported, paths.count < pathLimit { paths.append(path(places, in: json)) }
          isReported = true
        }
        guard level > 0 else { return (json, []) }
        level -= 1
      case .comma where (1...limit).contains(level):
        if case .element(let number) = places[level - 1] { enter(.element(number + 1)) }
      case .colon where (1...limit).contains(level):
        if case .member = places[level - 1] { enter(.member(key)) }
      case .comma, .colon: break
      }
    }
    guard copied > 0 else { return (json, []) }
    result += json[copied...]
    return (result, paths)
  }

  /// Returns the text of a warning about values that count as null; nil if there are none.
  package static func warning(for paths: [String]) -> String? {
    if paths.isEmpty { return nil }
    let shown = paths.prefix(3).joined(separator: ", ") + (paths.count > 3 ? " and others" : "")
    return "JSON nested deeper than \(limit) levels counts as null: \(shown)"
  }

  /// Moves each path within a list of objects to its object.
  static func assign(
    _ paths: [String], to objects: [Result<BackendObject, UnusableObject>]
  ) -> [Result<BackendObject, UnusableObject>] {
    var objects = objects
    for path in paths {
      var components = path.split(separator: ".")[...]
      if components.first == "data" { components.removeFirst() }
      var index = 0
      if let first = components.first, let number = Int(first) {
        index = number
        components.removeFirst()
      }
      guard objects.indices.contains(index) else { continue }
      objects[index] = objects[index].map { object in
        var object = object
        object.prunedPaths.append(components.joined(separator: "."))
        return object
      }
    }
    return objects
  }

  /// Both opening brackets become 0x7b with bit 5 set, and no other byte does.
  private static func openingBrackets(in json: [UInt8]) -> Int {
    var count = 0
    // The compiler vectorizes this loop, but not one over the bytes themselves.
    for index in json.indices where json[index] | 0x20 == 0x7b { count &+= 1 }
    return count
  }

  private static func path(_ places: [Place], in json: [UInt8]) -> String {
    places.prefix(shownLevels).map { place in
      switch place {
      case .element(let number): "\(number)"
      case .member(let key): shown(json[key])
      }
    }.joined(separator: ".") + "…"
  }

  /// Returns the path of a value in a document, for a message.
  static func path(_ keys: [any CodingKey]) -> String {
    keys.prefix(shownLevels).map { key in key.intValue.map(String.init) ?? shown(key.stringValue.utf8) }
      .joined(separator: ".") + (keys.count > shownLevels ? "…" : "")
  }

  /// Returns the key, or `*` if it is not a short identifier.
  private static func shown(_ key: some Collection<UInt8>) -> String {
    key.count <= shownKeyLength && key.allSatisfy(isIdentifier) ? String(decoding: key, as: UTF8.self) : "*"
  }

  private static func isIdentifier(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
