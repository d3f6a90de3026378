@testable import Gateway
@testable import Server

/// The variables are found as in a list of names and values. What is made of them needs no valid ones.
func checkParameters(_ input: [UInt8]) throws {
  // As FastCGI's pairs, any bytes are either decoded or refused.
  _ = Parameters(pairs: input)
  var parameters = Parameters()
  var list: [(name: [UInt8], value: [UInt8])] = []
  for entry in input.split(separator: 0) {
    parameters.append(environmentEntry: entry)
    guard let equals = entry.firstIndex(of: UInt8(ascii: "=")) else { continue }
    list.append((Array(entry[..<equals]), Array(entry[equals...].dropFirst())))
  }
  for (bytes, _) in list {
    guard let name = String(validating: bytes, as: UTF8.self) else { continue }
    let values = list.filter { $0.name == bytes }.map { String(decoding: $0.value, as: UTF8.self) }
    try require(parameters.values(of: name) == values, "the values of \(name.debugDescription)")
    try require(parameters[name] == values.first, "the value of \(name.debugDescription)")
    try require(parameters.contains(prefix: String(name.prefix(3))), "the prefix of \(name.debugDescription)")
    if name.hasPrefix("HTTP_"), name.utf8.allSatisfy({ $0 == UInt8(ascii: "_") || 0x41...0x5a ~= $0 }) {
      let header = name.dropFirst(5).lowercased().replacing("_", with: "-")
      try require(parameters.values(ofHeader: header) == values, "the values of the header \(header)")
    }
  }
  do throws(RequestFailure) {
    _ = try Route(parameters, webhookPaths: [])
  } catch {
    try require([404, 405].contains(error.response.status.code), "a route fails with \(error.code)")
  }
  switch Result(catching: { () throws(RequestError) in try BodyLength(of: parameters) }) {
  case .success(.untilEnd), .failure(.malformedContentLength): break
  case .success(.bytes(let count)): try require(count >= 0, "a negative length")
  case .failure(let error): throw Violation(description: "the length fails with \(error)")
  }
}
