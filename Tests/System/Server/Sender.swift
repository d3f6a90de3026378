import Foundation
import TestSupport

/// Sends requests that the official Python libraries have signed.
struct Sender {
  struct Request: Encodable {
    var url: String
    var method = "POST"
    var body: Data
    var id = "msg_\(UUID().uuidString.replacingOccurrences(of: "-", with: ""))"
    /// nil sends no signature.
    var secret: String? = SignedDelivery.secret
    /// The library that signs, and the family of its headers: `svix` or `webhook`.
    var family = "svix"
    /// How many seconds ago the message was signed.
    var age = 0
    /// These replace or add to what the library signs; the value `(none)` takes a header away.
    var headers: [String: String] = [:]
    /// What happens to it after the signing.
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

  /// What something between the sender and the server does to a request.
  enum Way: String {
    case straight
    /// The body goes in chunks of 100 bytes, without a length.
    case chunked
    /// The body is gzip, and a header says so.
    case compressed
    case idSentTwice = "id sent twice"
  }

  struct Answer: Decodable {
    let status: Int
    let headers: [String: String]
    let body: String

    /// A string member of the body's JSON object.
    subscript(member: String) -> String? {
      (try? JSONDecoder().decode([String: String].self, from: Data(body.utf8)))?[member]
    }
  }

  struct Failed: Error {
    let log: String
  }

  /// Sends the requests over so many connections at a time; the answers come in the order of the requests.
  static func send(_ requests: [Request], connections: Int = 1) throws -> [Answer] {
    let folder = try TemporaryFolder()
    try JSONEncoder().encode(requests).write(to: URL(filePath: folder.file("requests.json")))
    let python = try ChildProcess(
      Project.file(".build/venv/bin/python"),
      [Project.file("Tests/System/Server/sender.py"), folder.file("requests.json"), "\(connections)"],
      output: folder.file("answers.json"))
    guard python.exitStatus(within: 120) == 0 else { throw Failed(log: python.log) }
    return try JSONDecoder().decode([Answer].self, from: Data(python.log.utf8))
  }
}
