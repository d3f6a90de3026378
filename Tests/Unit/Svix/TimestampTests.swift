import Svix
import Testing

@Suite struct TimestampTests {
  @Test(arguments: [
    "", "0", "00", "01614265330", "+1614265330", "-1614265330", " 1614265330", "1614265330 ", "16142 65330",
    "1614265330\n", "\t1614265330", "1614265330.0", "1614265330.", ".5", "1,614,265,330", "1_614_265_330",
    "1.614265330e9", "1614265330e0", "1E9", "0x60380D32", "60380d32", "0b1", "NaN", "inf", "null",
    "١٦١٤٢٦٥٣٣٠",
    "１６１４２６５３３０", "1614265330\u{0}", "1614265330;", "161426533O", "9223372036854775808",
    "18446744073709551616", "2021-02-25T15:02:10Z", String(repeating: "1", count: 10_000),
  ])
  func `A timestamp other than a plain number of seconds is refused, even if signed`(text: String) throws {
    var message = Message()
    message.timestamp = text
    #expect(throws: VerificationError.malformedTimestamp) { try message.signed().verify() }
  }

  @Test(arguments: [-300, -299, -1, 0, 1, 299, 300] as [Int64])
  func `A timestamp within 300 seconds is accepted`(age: Int64) {
    var message = Message()
    message.now += age
    #expect(throws: Never.self) { try message.verify() }
  }

  @Test(arguments: [-86_400, -302, -301, 301, 302, 86_400] as [Int64])
  func `A timestamp more than 300 seconds off is refused`(age: Int64) {
    var message = Message()
    message.now += age
    #expect(throws: VerificationError.outsideTolerance(age: age, tolerance: 300)) { try message.verify() }
  }

  @Test(arguments: [1, 600, 86_400] as [Int64])
  func `Another tolerance counts in both directions, inclusive`(tolerance: Int64) {
    for sign in [-1, 1] as [Int64] {
      var message = Message()
      message.tolerance = tolerance
      message.now += sign * tolerance
      #expect(throws: Never.self) { try message.verify() }
      message.now += sign
      let refusal = VerificationError.outsideTolerance(age: sign * (tolerance + 1), tolerance: tolerance)
      #expect(throws: refusal) { try message.verify() }
    }
  }

  @Test(arguments: ["1614265330000", "100000000000", "99999999999999"])
  func `A timestamp in milliseconds is refused as such`(text: String) throws {
    var message = Message()
    message.timestamp = text
    #expect(throws: VerificationError.timestampInMilliseconds) { try message.signed().verify() }
  }

  @Test(arguments: [
    ("1", Int64.min), ("1", Int64.max), ("9223372036854775807", Int64.min), ("9223372036854775807", -1),
    ("9223372036854775807", 1_614_265_330), ("100000000000000", 1_614_265_330),
    ("99999999999", 1_614_265_330),
  ])
  func `Any clock and any timestamp can be compared`(timestamp: String, now: Int64) throws {
    var message = Message()
    (message.timestamp, message.now) = (timestamp, now)
    let age = now &- (try #require(Int64(timestamp)))
    #expect(throws: VerificationError.outsideTolerance(age: age, tolerance: 300)) {
      try message.signed().verify()
    }
  }

  @Test func `The smallest and the largest timestamp can be verified`() throws {
    for (text, now) in [("1", 1), ("9223372036854775807", Int64.max)] {
      var message = Message()
      (message.timestamp, message.now) = (text, now)
      #expect(try message.signed().verify().timestamp == now)
    }
  }
}
