import Testing

@testable import ClerkSync
@testable import Queue

@Suite struct StopRequestTests {
  @Test func `After a stop request no sleep waits`() {
    let stop = StopRequest()
    let start = ContinuousClock.now
    stop.sleep(.milliseconds(50))
    #expect(.now - start >= .milliseconds(50))
    stop.make()
    for _ in 1...3 { stop.sleep(.seconds(3600)) }
  }
}
