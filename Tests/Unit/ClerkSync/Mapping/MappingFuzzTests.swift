import Foundation
import TestSupport
import Testing

@testable import ClerkSync

/// Nothing that a file or an event contains crashes the program.
@Suite struct MappingFuzzTests {
  private static let files =
    ["tables.json5"]
    + ["drizzle", "laravel", "one-name", "organizations", "prisma", "rails", "soft-deletion"].map {
      "tables/\($0).json5"
    }

  @Test(arguments: files)
  func `A damaged file is read or refused in one line`(name: String) throws {
    let seed = SplitMix64.seed
    var random = SplitMix64(seed: seed)
    // Comments would take most of the damage.
    let text = try ConfigurationFile(name).text.replacing(/\s*\/\/.*/, with: "")
    let words = [
      "{", "}", "[", "]", ":", ",", "'", "\"", "\\", "\n", "//", "/*", "null", "true", "-1", "1e999", "0x10",
      "NaN",
      "Infinity", "''", "'id'", "'email'", "{ now: 'ms' }", "{ value: 1 }", "{ from: 'object' }", "user", "é",
      "\u{0}",
      "\\u0000", "\\ud800", "🙂", "{id}", ".", "unsafe_metadata", String(repeating: "[", count: 2000),
      String(repeating: "{a:", count: 2000), String(repeating: "a.", count: 2000),
    ]
    for _ in 0..<50 {
      var characters = Array(text.unicodeScalars)
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let start = Int.random(in: 0..<characters.count, using: &random)
        let end = min(
          start + (random.happens(50) ? 0 : Int.random(in: 0...30, using: &random)), characters.count)
        let word = random.happens(70) ? words.randomElement(using: &random) ?? "" : ""
        characters.replaceSubrange(start..<end, with: Array(word.unicodeScalars))
      }
      let damaged = String(String.UnicodeScalarView(characters))
      do throws(MappingError) {
        _ = try Mapping(json5: damaged)
      } catch {
        let line = error.description
        #expect(
          !line.contains(where: \.isNewline) && line.contains("expected"), "CLERK_SYNC_SEED=\(seed): \(line)")
        #expect(line.utf8.count < 2000, "CLERK_SYNC_SEED=\(seed): \(line)")
      }
    }
  }

  @Test func `A random body is decoded or refused`() throws {
    let seed = SplitMix64.seed
    var random = SplitMix64(seed: seed)
    let mapping = try Mapping(json5: "{ \(MappingFile.userWithEachRule) }")
    var decoded = 0
    for number in 0..<2000 {
      var body = Array(Self.event(using: &random).utf8)
      if number % 4 == 0 {
        for _ in 0..<Int.random(in: 1...4, using: &random) {
          let index = body.indices.randomElement(using: &random) ?? 0
          body[index] = random.happens(50) ? UInt8.random(in: 0...255, using: &random) : UInt8(ascii: "{")
        }
      }
      do {
        let event = try Event.decode(body, mapping)
        decoded += 1
        #expect((event.warnings + [event.type]).allSatisfy { $0.utf8.count < 500 })
      } catch let error as EventError {
        let line = "\(DeliveryError.event(error))"
        #expect(!line.contains("secret@example.org"), "CLERK_SYNC_SEED=\(seed): \(line)")
      }
    }
    #expect(decoded > 200, "CLERK_SYNC_SEED=\(seed)")
  }

  /// Returns an event in which each member has a value of any kind.
  private static func event(using random: inout SplitMix64) -> String {
    let names = [
      "email_addresses", "primary_email_address_id", "phone_numbers", "primary_phone_number_id", "first_name",
      "last_name", "username", "last_sign_in_at", "created_at", "updated_at", "external_id",
      "private_metadata",
      "unsafe_metadata", "public_metadata",
    ]
    var members = [random.happens(90) ? #""id":"user_1""# : "\"id\":\(value(0, using: &random))"]
    for name in names.shuffled(using: &random) where random.happens(80) {
      members.append("\"\(name)\":\(value(0, using: &random))")
    }
    let type = ["user.created", "user.updated", "user.deleted", "user.", "session.created"].randomElement(
      using: &random)
    return "{\"type\":\"\(type ?? "")\",\"data\":{\(members.joined(separator: ","))}}"
  }

  private static func value(_ depth: Int, using random: inout SplitMix64) -> String {
    let simple = [
      "null", "true", "false", "0", "-1", "1654012591835", "9223372036854775807", "-9223372036854775808",
      "9223372036854775808", "1e300", "1e999", "2.5", "-0.0", "1E2", #""""#, #""idn_1""#,
      #""secret@example.org""#,
      #""\u0000""#, #""\ud83d\ude42""#, #""{id}""#, #"[{"id":"idn_1","email_address":"secret@example.org"}]"#,
      #"[{"id":"idn_1","email_address":7,"phone_number":null,"verification":[]}]"#, "[null]", "[[]]", "{}",
    ]
    guard depth < 4, random.happens(30) else { return simple.randomElement(using: &random) ?? "null" }
    let count = Int.random(in: 0...3, using: &random)
    if random.happens(40) {
      return "[\((0..<count).map { _ in value(depth + 1, using: &random) }.joined(separator: ","))]"
    }
    let names = ["role", "a", "b", "id", "email_address", "", "é"]
    let members = (0..<count).map { _ in
      "\"\(names.randomElement(using: &random) ?? "")\":\(value(depth + 1, using: &random))"
    }
    return "{\(members.joined(separator: ","))}"
  }
}
