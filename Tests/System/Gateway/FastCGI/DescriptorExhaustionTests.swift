import Foundation
import TestSupport
import Testing

@Suite(.programs) struct DescriptorExhaustionTests {
  /// A connection needs two descriptors. With one limit the second of them fails, with the other accepting
  /// fails.
  @Test(arguments: [51, 52])
  func `Out of descriptors, the handler logs it, waits and recovers`(limit: Int) throws {
    let handler = try Handler(
      in: TemporaryFolder(), environment: ["CLERK_SYNC_THREADS": "16"],
      command: #"ulimit -n \#(limit); exec "$0""#)
    #expect(try handler.isHealthy())
    let clients = try (0..<40).map { _ in try handler.connect() }
    #expect(
      eventually {
        handler.process.log.contains("a connection could not be accepted reason=\"Too many open files\"")
      })

    // It pauses between attempts. The processor time is relative to the elapsed time, so a slow machine does
    // not matter.
    let (start, before) = (Date.now, try handler.process.processorTime)
    sleep(1)
    let used = try handler.process.processorTime - before
    #expect(used < 0.3 * Date.now.timeIntervalSince(start))

    for client in clients { try client.close() }
    #expect(try eventually { try handler.isHealthy() })
    for _ in 0..<16 { #expect(try handler.isHealthy()) }
    handler.process.send(SIGTERM)
    #expect(handler.process.exitStatus() == 0)
  }
}
