import Foundation

/// A parsed CGI response (RFC 3875, section 6).
public struct Answer: Sendable {
  public let status: Int
  /// By lower-case name.
  public let headers: [String: String]
  public let body: String
  public internal(set) var standardError: String

  init?(_ output: [UInt8], standardError: [UInt8] = []) {
    let text = String(decoding: output, as: UTF8.self)
    guard let end = text.range(of: "\r\n\r\n") else { return nil }
    var headers: [String: String] = [:]
    for line in text[..<end.lowerBound].components(separatedBy: "\r\n") {
      guard let colon = line.range(of: ": ") else { return nil }
      headers[line[..<colon.lowerBound].lowercased()] = String(line[colon.upperBound...])
    }
    guard let status = headers["status"].flatMap({ Int($0.prefix(3)) }) else { return nil }
    self.status = status
    self.headers = headers
    body = String(text[end.upperBound...])
    self.standardError = String(decoding: standardError, as: UTF8.self)
  }

  /// Returns a string member of the body's JSON object.
  public subscript(member: String) -> String? {
    (try? JSONDecoder().decode([String: String].self, from: Data(body.utf8)))?[member]
  }
}
