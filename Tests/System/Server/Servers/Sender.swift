import Foundation
import TestSupport

/// Sends requests signed by the official Python libraries.
struct Sender {
  struct Request: Encodable {
    var url: String
    var method = "POST"
    var body: Data
    var id = "msg_\(UUID().uuidString.replacingOccurrences(of: "-", with: ""))"
    /// nil sends no signature.
    var secret: String? = SignedDelivery.secret
    /// The signing library, which also selects the header family: `svix` or `webhook`.
    var family = "svix"
    /// The age of the signature, in seconds.
    var age = 0
    /// Headers that override the library's; the value `(none)` removes a header.
    var headers: [String: String] = [:]
    /// The change after signing.
    var way = Way.straight

    private enum CodingKeys: CodingKey {
      case url, method, body, id, secret, family, age, headers, way
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(url, forKey: .url)
      try container.encode(method, forKey: .method)
      try container.encode(body.base64EncodedString(), forKey: .body)
      try container.encode(id, forKey: .id)
      try container.encode(secret, forKey: .secret)
      try container.encode(family, forKey: .family)
      try container.encode(age, forKey: .age)
      try container.encode(headers, forKey: .headers)
      try container.encode(way.rawValue, forKey: .way)
    }
  }

  /// A change of the request in transit.
  enum Way: String {
    case straight
    /// The body is sent in chunks of 100 bytes, without a length.
    case chunked
    /// The body is compressed with gzip, with a Content-Encoding header.
    case compressed
    case idSentTwice = "id sent twice"
  }

  struct Answer: Decodable {
    let status: Int
    let headers: [String: String]
    let body: String

    /// Returns a string member of the JSON body.
    subscript(member: String) -> String? {
      (try? JSONDecoder().decode([String: String].self, from: Data(body.utf8)))?[member]
    }
  }

  private struct Job: Encodable {
    let connections: Int
    let requests: [Request]
  }

  private static let programs = LineProgram.Pool {
    try LineProgram("Tests/System/Server/Servers/sender.py")
  }

  /// Signs the requests and sends them, with the given number of connections at a time. Returns the responses in the
  /// order of the requests.
  static func send(_ requests: [Request], connections: Int = 1) throws -> [Answer] {
    try programs.run(Job(connections: connections, requests: requests))
  }
}
