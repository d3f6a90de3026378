import Foundation

/// Waits until the condition holds and tells whether it did before `seconds` had passed.
public func eventually(within seconds: Double = 10, _ condition: () throws -> Bool) rethrows -> Bool {
  let limit = Date.now + seconds
  while true {
    if try condition() { return true }
    if Date.now > limit { return false }
    Thread.sleep(forTimeInterval: 0.01)
  }
}
