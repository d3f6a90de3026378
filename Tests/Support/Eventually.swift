import Foundation

/// How long a test waits for what should happen, in seconds, before it fails. A correct program on a stalled machine
/// takes less; only a failing test takes this long.
public let patience = 120.0

/// Waits until the condition holds. Returns false if it does not within `seconds`.
public func eventually(within seconds: Double = patience, _ condition: () throws -> Bool) rethrows -> Bool {
  let limit = Date.now + seconds
  while true {
    if try condition() { return true }
    if Date.now > limit { return false }
    Thread.sleep(forTimeInterval: 0.01)
  }
}
