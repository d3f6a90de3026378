import FoundationEssentials
import Gateway
import Svix

/// The parameters of the query string. Each must be known to the path and occur at most once.
struct Query {
  private static let lengths = 1...200

  private let values: [String: String]
  private let names: [String]

  /// Parses QUERY_STRING (RFC 3875, section 4.1.7), in which `+` is a space, as browsers encode it.
  init(_ parameters: Parameters, names: [String]) throws(RequestFailure) {
    self.names = names
    let text = (parameters["QUERY_STRING"] ?? "").replacing("+", with: "%20")
    guard let components = URLComponents(string: "?\(text)", encodingInvalidCharacters: false) else {
      throw .parameter("The part after the question mark is not percent-encoded (RFC 3986, section 2.1).")
    }
    var values: [String: String] = [:]
    for item in components.queryItems ?? [] where !(item.name.isEmpty && item.value == nil) {
      guard names.contains(item.name) else {
        let known = names.isEmpty ? "no parameters" : names.joined(separator: ", ")
        throw .parameter("A parameter is unknown: this path takes \(known).")
      }
      guard let value = item.value else {
        throw .parameter("\(item.name) has no value, or one that is not UTF-8.")
      }
      guard values.updateValue(value, forKey: item.name) == nil else {
        throw .parameter("\(item.name) is given twice.")
      }
    }
    self.values = values
  }

  /// Returns a text of 1 to 200 characters.
  func text(_ name: String) throws(RequestFailure) -> String? {
    guard let value = values[name] else { return nil }
    guard Self.lengths.contains(value.unicodeScalars.count) else {
      throw .parameter(
        "\(name) must have \(Self.lengths.lowerBound) to \(Self.lengths.upperBound) characters.")
    }
    return value
  }

  /// Returns a whole number written in decimal digits.
  func number(_ name: String, in range: ClosedRange<Int64>) throws(RequestFailure) -> Int64? {
    guard let value = values[name] else { return nil }
    guard value.utf8.areDecimalDigits,
      let number = Int64(value), range.contains(number)
    else {
      throw .parameter("\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound).")
    }
    return number
  }

  /// Returns one of the given words.
  func choice(_ name: String, of words: [String]) throws(RequestFailure) -> String? {
    guard let value = values[name] else { return nil }
    guard words.contains(value) else {
      throw .parameter("\(name) must be one of \(words.joined(separator: ", ")).")
    }
    return value
  }
}
