import CLibcrypto

/// Comparison whose duration does not depend on where the bytes differ (CRYPTO_memcmp(3)).
package enum ConstantTime {
  /// Returns whether both sequences hold the same bytes. Only a difference in length returns early.
  package static func areEqual(_ one: some Sequence<UInt8>, _ other: some Sequence<UInt8>) -> Bool {
    let (one, other) = (Array(one), Array(other))
    return unsafe one.count == other.count && CRYPTO_memcmp(one, other, one.count) == 0
  }
}

extension Sequence<UInt8> {
  /// Whether every byte is an ASCII digit. `Int.init` also accepts a sign, so numbers from outside are checked
  /// with this first.
  package var areDecimalDigits: Bool {
    allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }
}
