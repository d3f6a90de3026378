import Foundation

/// The timeout for an expected condition, in seconds. A correct program needs less even on a stalled machine,
/// so only a failing test takes this long.
public let testTimeout = 120.0

/// Waits until the condition holds. Returns false if it does not hold within `seconds`.
public func eventually(within seconds: Double = testTimeout, _ condition: () throws -> Bool) rethrows -> Bool
{
  let limit = Date.now + seconds
  while true {
    if try condition() { return true }
    if Date.now > limit { return false }
    Thread.sleep(forTimeInterval: 0.01)
  }
}
