import Svix

/// The token that opens the console's API (RFC 6750).
///
/// It prints as nothing but its name, as ``Secret`` does.
public struct AdminToken: Sendable, CustomStringConvertible, CustomReflectable {
  /// The number of characters it may have; fewer could be guessed.
  static let lengths = 16...256

  private let text: String

  /// nil unless it consists of so many printable ASCII characters without spaces.
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
