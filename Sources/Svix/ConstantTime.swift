import CLibcrypto

/// Comparison that takes as long whether the bytes differ early, late or not at all (CRYPTO_memcmp(3)).
package enum ConstantTime {
  /// Whether the bytes are the same; only a difference in their number is told sooner.
  package static func areEqual(_ one: some Sequence<UInt8>, _ other: some Sequence<UInt8>) -> Bool {
    let (one, other) = (Array(one), Array(other))
    return unsafe one.count == other.count && CRYPTO_memcmp(one, other, one.count) == 0
  }
}
