/// The meta-variables of a request, in the order the server sent them (RFC 3875, section 4.1).
///
/// A list rather than a dictionary: nginx passes a header that came twice as two variables of one
/// name, and a receiver that keeps only one of them would trust a header it has not looked at.
public struct Parameters: Sendable {
  private var entries: [(name: String, value: String)] = []

  public init(_ entries: [(String, String)] = []) {
    self.entries = entries.map { (name: $0.0, value: $0.1) }
  }

  /// Appends the variable written as `NAME=value`; the value may hold further equals signs.
  mutating func append(environmentEntry entry: String) {
    guard let equals = entry.utf8.firstIndex(of: UInt8(ascii: "=")) else { return }
    entries.append((String(entry[..<equals]), String(entry[entry.utf8.index(after: equals)...])))
  }

  /// The variable's value; the first one where the server sent several.
  public subscript(name: String) -> String? {
    entries.first { $0.name == name }?.value
  }

  /// Every value of the variable, in order.
  public func values(of name: String) -> [String] {
    entries.filter { $0.name == name }.map(\.value)
  }

  /// Whether any variable's name begins with `prefix`.
  public func contains(prefix: String) -> Bool {
    entries.contains { $0.name.hasPrefix(prefix) }
  }
}
