import Foundation

/// Reproducible random numbers (SplitMix64). CLERK_SYNC_SEED sets the seed.
struct SeededGenerator: RandomNumberGenerator, Sendable {
  let seed: UInt64
  private var state: UInt64

  init() {
    let setting = ProcessInfo.processInfo.environment["CLERK_SYNC_SEED"].flatMap { UInt64($0) }
    seed = setting ?? UInt64.random(in: 0...UInt64(UInt32.max))
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }
}
