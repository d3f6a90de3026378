/// Adds up what the steps take.
struct Stopwatch {
  private var samples: [(name: String, durations: [Duration])] = []

  mutating func measure<Result: ~Copyable, Failure: Error>(
    _ name: String, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let start = ContinuousClock.now
    let result = try body()
    add(name, ContinuousClock.now - start)
    return result
  }

  mutating func add(_ name: String, _ duration: Duration) {
    if let index = samples.firstIndex(where: { $0.name == name }) {
      samples[index].durations.append(duration)
    } else {
      samples.append((name, [duration]))
    }
  }

  /// The median and the least of each step, in microseconds, in the order of their first measurement.
  var table: String {
    var text = "microseconds".padded(to: 46) + "  median     least\n"
    for (name, durations) in samples {
      let sorted = durations.sorted()
      let figures = [sorted[sorted.count / 2], sorted[0]].map { duration in
        let tenths = Int(duration / .nanoseconds(100))
        return "\(tenths / 10).\(tenths % 10)".leftPadded(to: 8)
      }
      text += name.padded(to: 46) + figures.joined(separator: "  ") + "\n"
    }
    return text
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }

  fileprivate func leftPadded(to width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }
}
