import Foundation
import Gateway

@testable import Server

/// A parameter that is read has the same value when it is written again. A refusal does not repeat the query.
func checkQuery(_ input: [UInt8]) throws {
  guard let text = String(validating: input, as: UTF8.self) else { return }
  let names = ["search", "after", "limit"]
  do throws(RequestFailure) {
    let query = try Query(Parameters([("QUERY_STRING", text)]), names: names)
    var again: [String] = []
    var values: [String?] = []
    for name in names {
      let value = try query.text(name)
      values.append(value)
      guard let value else { continue }
      again.append("\(name)=\(value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")")
    }
    let copy = try Query(Parameters([("QUERY_STRING", again.joined(separator: "&"))]), names: names)
    for (name, value) in zip(names, values) {
      let same = try copy.text(name) == value
      guard same else { throw RequestFailure.parameter("@ \(name) changes") }
    }
    _ = try query.choice("search", of: ["applied", "stale"])
    _ = try query.number("limit", in: 1...200)
  } catch {
    guard case .parameter(let message) = error else {
      throw Violation(description: "a query fails with \(error.code)")
    }
    try requireLogLine(message)
  }
}
