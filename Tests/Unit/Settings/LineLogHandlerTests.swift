import ClerkSync
import Foundation
import Logging
import Settings
import Testing

@Suite struct LineLogHandlerTests {
  private static let hostile = [
    "", " ", "two words", "a=b", "\"quoted\"", "\\", "a\\nb", "\n", "\r\n", "a\rb", "a\tb", "a\u{0}b",
    "\u{1b}[31mred",
    "x\n2026-01-01T00:00:00Z info request outcome=applied", "x outcome=applied", "x\" outcome=\"applied",
    "{\"level\":\"info\"}", "\u{7f}", "a\u{85}b", "\u{9b}31m", "a\u{2028}b", "a\u{2029}b", "\u{202e}desrever",
    "\u{feff}a", "zero\u{200b}width", "Zoë 👩🏽‍🚀", "\u{e0041}tag",
  ]

  @Test func `A text line has the time, the level, the message and the fields in order`() throws {
    let lines = LogLines()
    lines.logger(.text).warning("request", metadata: ["b": "2", "a": "one", "c": .stringConvertible(3)])
    let (time, rest) = try #require(lines.text.firstSpaceSplit)
    #expect(rest == "warning request a=one b=2 c=3\n")
    #expect(throws: Never.self) { try Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(time) }
  }

  @Test(arguments: ["user_29w83sxmDNGwOuEthce5gg56FcC", "msg_1", "/srv/app.db", "1.5", "a:b,c;d'e", "~!"])
  func `A plain value is not quoted`(value: String) {
    #expect(textLine(value).hasSuffix(" value=\(value)\n"))
  }

  @Test(arguments: hostile)
  func `External text can begin neither a line nor a field`(value: String) throws {
    let line = textLine(value)
    let start = try #require(line.range(of: " info request value="))
    let json = line[start.upperBound...].dropLast()
    #expect(
      try JSONDecoder().decode(String.self, from: Data(json.utf8)).unicodeScalars.elementsEqual(
        value.unicodeScalars))
    expectOneLine(line)
  }

  @Test(arguments: hostile)
  func `A JSON line is one object, whatever the value`(value: String) throws {
    let lines = LogLines()
    lines.logger(.json).error("request", metadata: ["value": "\(value)", "status": .stringConvertible(500)])
    let object = try #require(JSONSerialization.jsonObject(with: Data(lines.text.utf8)) as? [String: Any])
    #expect(Set(object.keys) == ["time", "level", "message", "value", "status"])
    #expect(object["level"] as? String == "error")
    #expect(object["message"] as? String == "request")
    #expect(object["status"] as? Int == 500)
    #expect((object["value"] as? String).map { Array($0.utf8) } == Array(value.utf8))
    expectOneLine(lines.text)
  }

  @Test(arguments: ["x", "\n", "\u{e0041}", "\"", "é"])
  func `A line stays short enough for nginx, however long its values`(letter: String) {
    let long = Logger.MetadataValue(stringLiteral: String(repeating: letter, count: 5000))
    for format in [LogFormat.text, .json] {
      let lines = LogLines()
      lines.logger(format).info(
        "request", metadata: ["reason": long, "svix_id": long, "type": long, "user": long])
      #expect(lines.text.utf8.count < 1900)
      #expect(lines.text.contains("…"))
    }
  }

  @Test func `A JSON line begins with the time, the level and the message`() {
    let lines = LogLines()
    lines.logger(.json).info("started", metadata: ["a": "x", "n": .stringConvertible(7)])
    #expect(lines.text.hasPrefix(#"{"time":""#))
    #expect(lines.text.hasSuffix(#"Z","level":"info","message":"started","a":"x","n":7}"# + "\n"))
  }

  @Test func `Messages below the level are dropped`() {
    let lines = LogLines()
    lines.logger(.text).debug("detail")
    #expect(lines.text.isEmpty)
  }

  @Test func `The logger's fields are on every line, and the message's fields override them`() {
    let lines = LogLines()
    var logger = lines.logger(.text)
    logger[metadataKey: "a"] = "1"
    logger[metadataKey: "b"] = "2"
    logger.info("x", metadata: ["b": "3"])
    logger.info("y")
    #expect(logger[metadataKey: "a"] == "1")
    let fields = lines.text.split(separator: "\n").map {
      $0.split(separator: " ").dropFirst(2).joined(separator: " ")
    }
    #expect(fields == ["x a=1 b=3", "y a=1 b=2"])
  }

  private func textLine(_ value: String) -> String {
    let lines = LogLines()
    lines.logger(.text).info("request", metadata: ["value": "\(value)"])
    return lines.text
  }

  /// Expects a line break only at the end, and no character that moves a terminal's cursor.
  private func expectOneLine(_ line: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let moving: Set<Unicode.GeneralCategory> = [.control, .format, .lineSeparator, .paragraphSeparator]
    let scalars = line.unicodeScalars
    #expect(scalars.last == "\n", sourceLocation: sourceLocation)
    #expect(
      scalars.dropLast().allSatisfy { !moving.contains($0.properties.generalCategory) },
      sourceLocation: sourceLocation)
  }
}

extension String {
  fileprivate var firstSpaceSplit: (String, String)? {
    firstIndex(of: " ").map { (String(self[..<$0]), String(self[index(after: $0)...])) }
  }
}
