import Foundation
import TestSupport
import Testing

@testable import ClerkSync

@Suite struct JSONDepthTests {
  @Test(arguments: [100, 101, 600])
  func `Level 100 is kept, and level 101 becomes null`(levels: Int) {
    for (open, close, path) in [("[", "]", "0.0.0.0.0.0…"), (#"{"a":"#, "}", "a.a.a.a.a.a…")] {
      let json = Self.nested(levels, open, close, around: "1")
      let (pruned, paths) = JSONDepth.pruned(Array(json.utf8))
      let expected = levels == 100 ? json : Self.nested(100, open, close, around: "null")
      #expect(String(decoding: pruned, as: UTF8.self) == expected)
      #expect(paths == (levels == 100 ? [] : [path]))
    }
  }

  @Test func `A value that is nested too deeply takes nothing of its neighbours with it`() throws {
    let deep = Self.nested(98, around: #"1,[["]\"]"]],{"a":{}},"x","#)
    let json = #"{"a":"\\","b":[7,\#(deep)],"c":"[[["}"#
    let (pruned, paths) = JSONDepth.pruned(Array(json.utf8))
    let kept = Self.nested(98, around: #"1,null,null,"x","#)
    #expect(String(decoding: pruned, as: UTF8.self) == #"{"a":"\\","b":[7,\#(kept)],"c":"[[["}"#)
    #expect(paths == ["b.1.0.0.0.0…"])
  }

  @Test func `Brackets in strings do not count`() {
    let json = #"{"a":"\#(String(repeating: "[", count: 300))\"{","b":[1]}"#
    #expect(JSONDepth.pruned(Array(json.utf8)) == (Array(json.utf8), []))
  }

  @Test func `A path shows a key only if it is a short identifier`() {
    let deep = Self.nested(101)
    for (key, shown) in [
      ("under_score-9", "under_score-9"), ("ada@example.org", "*"), ("a.b", "*"), (#"\u001b[2J"#, "*"),
      ("é", "*"),
      ("", ""), (String(repeating: "k", count: 32), String(repeating: "k", count: 32)),
      (String(repeating: "k", count: 33), "*"), ("\u{202e}", "*"), ("line\nbreak", "*"),
    ] {
      let paths = JSONDepth.pruned(Array(#"{"data":{"x":"y","\#(key)" : \#(deep)}}"#.utf8)).paths
      #expect(paths == ["data.\(shown).0.0.0.0…"], "\(key)")
    }
  }

  @Test func `A warning names at most three values`() {
    let members = (1...5).map { #""k\#($0)":\#(Self.nested(101))"# }.joined(separator: ",")
    let paths = JSONDepth.pruned(Array("{\(members)}".utf8)).paths
    #expect(paths == (1...5).map { "k\($0).0.0.0.0.0…" })
    #expect(
      JSONDepth.warning(for: paths)
        == "JSON nested deeper than 100 levels counts as null: k1.0.0.0.0.0…, k2.0.0.0.0.0…, k3.0.0.0.0.0… and others"
    )
    #expect(JSONDepth.warning(for: []) == nil)
  }

  @Test(arguments: ["", "{", "]", "\"", "\"\\", "}", "[}", ",", "x"])
  func `A malformed document remains malformed`(part: String) {
    let deep = Self.nested(150)
    for json in [
      "[\(part),\(deep)]", "[\(deep) 1,\(part)]", part + deep + "]", deep + part + "]",
      String(repeating: "[", count: 300) + part, String(repeating: "]", count: 300) + part + deep,
      Self.nested(100, around: "[}" + part),
    ] {
      let pruned = JSONDepth.pruned(Array(json.utf8)).json
      #expect(throws: DecodingError.self, "\(json)") {
        try JSONDecoder().decode(Anything.self, from: Data(pruned))
      }
    }
  }

  @Test func `Random documents are pruned as by a recursive reference`() throws {
    let seed = SplitMix64.seed
    var random = SplitMix64(seed: seed)
    for _ in 0..<300 {
      let document = Node.random(spine: Int.random(in: 90...130, using: &random), using: &random)
      let json = Array(document.json(&random).utf8)
      let expected = Array(document.pruned(at: 1).json(&random).utf8)
      let (pruned, paths) = JSONDepth.pruned(json)
      #expect(
        pruned.filter { !Node.space.contains($0) } == expected.filter { !Node.space.contains($0) },
        "CLERK_SYNC_SEED=\(seed)")
      #expect(paths.isEmpty == (json == pruned), "CLERK_SYNC_SEED=\(seed)")
      _ = try JSONDecoder().decode(Anything.self, from: Data(pruned))
    }
  }

  @Test func `An event with values nested too deeply is decoded, and names them`() throws {
    let event = try UserEvent(data: ["unsafe_metadata": #"{"a":\#(Self.nested(600))}"#]).decode()
    #expect(event.change == (try UserEvent().decode()).change)
    #expect(event.prunedPaths == ["data.unsafe_metadata.a.0.0.0…"])
  }

  @Test func `A list of users names the values of each user`() throws {
    let users = (1...3).map { number in
      let metadata = number == 1 ? "{}" : #"{"a":\#(Self.nested(600))}"#
      return """
        {"id":"user_\(number)","primary_email_address_id":"a","unsafe_metadata":\(metadata),\
        "email_addresses":[{"id":"a","email_address":"\(number)@example.org"}]}
        """
    }
    let array = "[\(users.joined(separator: ","))]"
    for json in [array, #"{"data":\#(array)}"#] {
      let list = try BackendObject.list(decoding: Array(json.utf8), mapping: .builtIn).map { try $0.get() }
      #expect(list.map(\.id) == ["user_1", "user_2", "user_3"])
      #expect(list[0].prunedPaths == [])
      #expect(list[1].prunedPaths.count == 1)
      #expect(list[2].prunedPaths.first?.hasPrefix("unsafe_metadata.a.0.0") == true)
    }
    let one = try BackendObject.list(decoding: Array(users[2].utf8), mapping: .builtIn)[0].get()
    #expect(one.prunedPaths == ["unsafe_metadata.a.0.0.0.0…"])
  }

  private static func nested(
    _ levels: Int, _ open: String = "[", _ close: String = "]", around value: String = ""
  ) -> String {
    String(repeating: open, count: levels) + value + String(repeating: close, count: levels)
  }
}

/// A JSON document with random layout.
private indirect enum Node {
  case object([(key: String, value: Node)])
  case array([Node])
  case scalar(String)

  static let space = Array(" \n\t\r".utf8)
  private static let scalars = [
    "1", "-2.5e3", "null", "true", #""""#, #""a\"[b""#, #""\\""#, #""\u005b]{""#, #"":,é""#,
  ]
  private static let keys = ["a", #"b\"{"#, "é]", ":,", #"\\"#, ""]

  /// Returns a value whose deepest descendant lies `spine` levels below it.
  static func random(spine: Int, using random: inout SplitMix64) -> Node {
    if spine == 0 { return .scalar(scalars.randomElement(using: &random) ?? "1") }
    var values = [Node.random(spine: spine - 1, using: &random)]
    while random.happens(20) {
      let short = Int.random(in: 0...min(2, spine - 1), using: &random)
      values.append(.random(spine: short, using: &random))
    }
    values.shuffle(using: &random)
    if random.happens(50) { return .array(values) }
    return .object(values.map { (keys.randomElement(using: &random) ?? "a", $0) })
  }

  func pruned(at level: Int) -> Node {
    switch self {
    case .scalar: self
    case .array where level > 100, .object where level > 100: .scalar("null")
    case .array(let values): .array(values.map { $0.pruned(at: level + 1) })
    case .object(let members): .object(members.map { ($0.key, $0.value.pruned(at: level + 1)) })
    }
  }

  func json(_ random: inout SplitMix64) -> String {
    func list(_ open: String, _ parts: [String], _ close: String) -> String {
      var text = open
      for (number, part) in parts.enumerated() {
        text += (number == 0 ? "" : ",") + (random.happens(10) ? " \n" : "") + part
      }
      return text + (random.happens(10) ? "\t" : "") + close
    }
    switch self {
    case .scalar(let text): return text
    case .array(let values):
      var parts: [String] = []
      for value in values { parts.append(value.json(&random)) }
      return list("[", parts, "]")
    case .object(let members):
      var parts: [String] = []
      for (key, value) in members { parts.append("\"\(key)\": " + value.json(&random)) }
      return list("{", parts, "}")
    }
  }
}

/// Any JSON value.
private struct Anything: Decodable {
  init(from decoder: any Decoder) throws {
    _ = try decoder.singleValueContainer()
  }
}
