extension Sequence<UInt8> {
  /// Whether every byte is an ASCII digit. `Int.init` also accepts a sign, so numbers from outside are
  /// checked with this first.
  package var areDecimalDigits: Bool {
    allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }
}
