import Foundation

/// A random number generator that repeats its sequence for the same seed (Steele, Lea and Flood, OOPSLA
/// 2014).
public struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// Returns true with a probability of `percent` percent.
  public mutating func happens(_ percent: Int) -> Bool {
    Int.random(in: 0..<100, using: &self) < percent
  }

  /// The seed from CLERK_SYNC_SEED, to repeat a failure, or else a random one.
  public static var seed: UInt64 {
    ProcessInfo.processInfo.environment["CLERK_SYNC_SEED"].flatMap { UInt64($0) } ?? .random(in: 0 ... .max)
  }
}
