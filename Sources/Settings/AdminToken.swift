import Svix

/// The bearer token for the console's API (RFC 6750).
///
/// Its description and its mirror omit the token, as those of ``Secret`` omit the key.
public struct AdminToken: Sendable, CustomStringConvertible, CustomReflectable {
  /// The allowed number of characters. A shorter token could be guessed.
  static let lengths = 16...256

  private let text: String

  /// Returns nil unless the text has an allowed length and consists of printable ASCII characters without
  /// spaces.
  init?(_ text: String) {
    let isVisible = text.utf8.allSatisfy { (0x21...0x7e).contains($0) }
    guard isVisible, Self.lengths.contains(text.utf8.count) else { return nil }
    self.text = text
  }

  /// Compares in constant time.
  package func matches(_ other: some StringProtocol) -> Bool {
    ConstantTime.areEqual(text.utf8, other.utf8)
  }

  public var description: String { "AdminToken" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
