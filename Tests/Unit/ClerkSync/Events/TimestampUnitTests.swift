import Testing

@testable import ClerkSync

@Suite struct TimestampUnitTests {
  @Test(arguments: [0, 1, 999, 1000, 1_654_012_591_835, Int64.max])
  func `Milliseconds are unchanged`(time: Int64) {
    #expect(TimestampUnit.milliseconds.convert(milliseconds: time) == time)
  }

  @Test(arguments: [(0, 0), (999, 0), (1000, 1), (1_654_012_591_835, 1_654_012_591)] as [(Int64, Int64)])
  func `Seconds drop the fraction`(milliseconds: Int64, seconds: Int64) {
    #expect(TimestampUnit.seconds.convert(milliseconds: milliseconds) == seconds)
  }
}
