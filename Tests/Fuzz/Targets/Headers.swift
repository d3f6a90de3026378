import Foundation

@testable import Svix

/// A time in seconds since 1970 at which the fuzzed messages are signed and received.
let fuzzedTime: Int64 = 1_600_000_000

/// The secret with which the fuzzed messages are signed.
func fuzzedSecret() throws -> Secret { try sharedSecret.get() }

private let sharedSecret = Result { () throws(SecretError) in try Secret("whsec_c2VjcmV0IG9mIHRoZSBmdXp6ZXI=")
}

/// Only a signature makes a difference to the verification, and no other body has the same one.
func checkHeaders(_ input: [UInt8]) throws {
  let (lines, body) = parts(of: input)
  let values = lines.map { line in
    let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
    return (
      name: String(decoding: line[..<colon], as: UTF8.self),
      value: String(decoding: line[colon...].dropFirst(), as: UTF8.self)
    )
  }
  for (_, value) in values { try checkBase64(value) }

  let headers: MessageHeaders
  do throws(VerificationError) {
    headers = try MessageHeaders { name in values.filter { $0.name == name }.map(\.value) }
  } catch {
    return try requireLogLine(error.reason)
  }
  for value in [headers.id, headers.timestamp, headers.signature] {
    try require(
      value.first?.isWhitespace == false && value.last?.isWhitespace == false, "white space in a header")
  }
  let verifier = Verifier(secrets: [try fuzzedSecret()])
  let result = verification(of: headers, body, verifier)
  if case .failure(let error) = result { try requireLogLine(error.reason) }

  let signature = try Signature(
    of: body, id: headers.id, timestamp: headers.timestamp, secret: fuzzedSecret())
  let signed = MessageHeaders(
    id: headers.id, timestamp: headers.timestamp, signature: "\(headers.signature) \(signature)")
  switch (result, verification(of: signed, body, verifier)) {
  case (_, .success(let message)):
    try require(message.id == headers.id && message.body == body, "another message than the signed one")
    try require(String(message.timestamp) == headers.timestamp, "another time than the signed one")
    try require(!message.id.contains("."), "an ambiguous id")
    try require(abs(message.timestamp - fuzzedTime) <= verifier.tolerance, "a time outside the tolerance")
    let kept = MessageHeaders(id: message.id, timestamp: headers.timestamp, signature: "\(message.signature)")
    try require((try? verifier.verify(kept: kept, body: body)) != nil, "a kept message is refused")
    for other in [body + [0], Array(body.dropLast())] where other != body {
      try require((try? verifier.verify(kept: kept, body: other)) == nil, "another body passes")
    }
  case (.failure(let error), .failure(let other)):
    try require(error == other, "the signature hides \(error.reason)")
  case (.success, .failure(let error)):
    throw Violation(description: "a second signature leads to: \(error.reason)")
  }
}

private func verification(
  of headers: MessageHeaders, _ body: [UInt8], _ verifier: Verifier
) -> Result<VerifiedMessage, VerificationError> {
  Result { () throws(VerificationError) in try verifier.verify(headers, body: body, now: fuzzedTime) }
}

/// Foundation decodes the same if it gets the padding. It accepts more.
private func checkBase64(_ text: String) throws {
  guard let decoded = Base64.decode(text) else { return }
  let padding = text.contains("=") ? "" : String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
  try require(Data(base64Encoded: text + padding) == Data(decoded), "base64: \(text.debugDescription)")
  try require(Base64.decode(Base64.encode(decoded)) == decoded, "base64 again: \(text.debugDescription)")
}

/// Returns the lines before the first empty one, and the bytes after it.
private func parts(of input: [UInt8]) -> (lines: [ArraySlice<UInt8>], body: [UInt8]) {
  var rest = input[...]
  var lines: [ArraySlice<UInt8>] = []
  while !rest.isEmpty {
    let line = rest.prefix { $0 != UInt8(ascii: "\n") }
    rest = rest.dropFirst(line.count + 1)
    if line.isEmpty { break }
    lines.append(line)
  }
  return (lines, Array(rest))
}
