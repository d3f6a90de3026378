import Foundation
import Svix
import Testing

@Suite struct VectorTests {
  @Test(arguments: try Vector.all())
  func `A verification has the published result`(vector: Vector) throws {
    let headers = MessageHeaders(
      id: vector.id, timestamp: "\(vector.timestamp)", signature: vector.signature)
    let verifier = Verifier(secrets: [try Secret(vector.secret)])
    let message = try? verifier.verify(headers, body: vector.bytes, now: vector.now)
    #expect((message != nil) == (vector.expect == "valid"))
    if let message { #expect(message.id == vector.id && message.body == vector.bytes) }
  }

  @Test func `The file contains all published vectors`() throws {
    #expect(try Vector.all().count == 22)
  }
}

/// A signed message and its expected verdict. `source` in the file names the publication.
struct Vector: Decodable, Sendable, CustomTestStringConvertible {
  struct Repetition: Decodable, Sendable {
    let char: String
    let count: Int
  }

  private enum CodingKeys: String, CodingKey {
    case name, secret, id, timestamp, signature, now, expect, body
    case repetition = "body_repeat"
  }

  let name: String
  let secret: String
  let id: String
  let timestamp: Int64
  let signature: String
  let now: Int64
  let expect: String
  let body: String?
  let repetition: Repetition?

  var testDescription: String { name }

  var bytes: [UInt8] {
    Array((body ?? repetition.map { String(repeating: $0.char, count: $0.count) } ?? "").utf8)
  }

  static func all() throws -> [Vector] {
    struct File: Decodable {
      let vectors: [Vector]
    }
    let url = try #require(
      Bundle.module.url(forResource: "svix", withExtension: "json", subdirectory: "Vectors"))
    return try JSONDecoder().decode(File.self, from: Data(contentsOf: url)).vectors
  }
}
