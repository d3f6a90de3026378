import Foundation
import Synchronization
import TestSupport
import Testing

/// Streams that no web server sends. Each one ends its own connection, and neither ends nor holds the process.
///
/// CLERK_SYNC_TEST_STREAMS sets their number.
@Suite(.load) struct MutatedStreamTests {
  private static let count =
    ProcessInfo.processInfo.environment["CLERK_SYNC_TEST_STREAMS"].flatMap { Int($0) } ?? 4000

  /// The deadline is an hour, so that it hides no worker that waits for ever.
  @Test func `The gateway closes each mutated stream and goes on`() throws {
    let handler = try Handler.probe(in: TemporaryFolder(inMemory: true), readDeadline: 3_600_000, threads: 4)
    try send(Self.count, to: handler) { handler in
      try handler.answer([("REQUEST_METHOD", "POST"), ("CONTENT_LENGTH", "2")], body: [65, 66])?.status == 200
    }
  }

  @Test func `The handler closes each mutated stream and goes on`() throws {
    let handler = try Handler(in: TemporaryFolder(inMemory: true))
    try send(Self.count / 4, to: handler) { try $0.isHealthy() }
    for user in try storedUsers(in: handler.folder.file("app.db")) { #expect(user == "user_1") }
  }

  private func send(_ count: Int, to handler: Handler, isAlive: @escaping @Sendable (Handler) throws -> Bool)
    throws
  {
    let seed = SplitMix64.seed
    let delivery = try SignedDelivery(Payload.user(id: "user_1"))
    try inThreads(4) { thread in
      var random = SplitMix64(seed: seed &+ UInt64(thread))
      for number in 0..<count / 4 {
        let client = try handler.connect()
        client.send(MutatedStream.make(from: delivery, using: &random))
        client.endSending()
        while client.record() != nil {}
        try #require(client.isClosedByPeer(), "stream \(number) of thread \(thread), CLERK_SYNC_SEED=\(seed)")
      }
    }
    #expect(handler.process.isRunning, "CLERK_SYNC_SEED=\(seed)")
    #expect(try isAlive(handler), "CLERK_SYNC_SEED=\(seed)")
  }
}

/// A FastCGI request with a few faults.
private enum MutatedStream {
  /// Lengths and types at the borders of what their bytes can say.
  private static let borders: [UInt8] = [0, 1, 4, 5, 7, 8, 9, 11, 127, 128, 129, 254, 255]

  static func make(from delivery: SignedDelivery, using random: inout SplitMix64) -> [UInt8] {
    var pairs = FastCGIRecord.pairs(delivery.parameters)
    if random.happens(50) { mutate(&pairs, using: &random) }
    let chunk = [1, 8, 100, 32_768].randomElement(using: &random) ?? 1
    var records =
      [FastCGIRecord.begin(role: random.happens(90) ? 1 : 2, flags: random.happens(50) ? 1 : 0)]
      + [FastCGIRecord.stream(FastCGIRecord.params, pairs, chunk: max(chunk, 8))]
      + [FastCGIRecord.stream(FastCGIRecord.stdin, delivery.body, chunk: chunk)]
    if random.happens(50) {
      records.insert(other(using: &random), at: Int.random(in: 0...records.count, using: &random))
    }
    if random.happens(10) { records.shuffle(using: &random) }
    var bytes = records.flatMap(\.self)
    if random.happens(70) { mutate(&bytes, using: &random) }
    return bytes
  }

  /// A record that is not part of the request.
  private static func other(using random: inout SplitMix64) -> [UInt8] {
    let names = ["FCGI_MAX_CONNS", "FCGI_MAX_REQS", "FCGI_MPXS_CONNS", "OTHER"]
    var content = FastCGIRecord.pairs(
      (0..<Int.random(in: 0...40, using: &random)).map { _ in (names.randomElement(using: &random) ?? "", "")
      })
    if random.happens(30) { mutate(&content, using: &random) }
    let type = random.happens(50) ? FastCGIRecord.getValues : UInt8.random(in: 0...12, using: &random)
    let id = random.happens(60) ? 0 : UInt16.random(in: 0...3, using: &random)
    return FastCGIRecord.record(type, content, id: id)
  }

  private static func mutate(_ bytes: inout [UInt8], using random: inout SplitMix64) {
    for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
      // The beginning holds the headers and most lengths.
      let end = random.happens(50) ? min(bytes.count, 64) : bytes.count
      let index = Int.random(in: 0..<end, using: &random)
      let length = Int.random(in: 0...min(24, bytes.count - index), using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 1: bytes[index] = borders.randomElement(using: &random) ?? 0
      case 2:
        bytes.insert(
          contentsOf: (0..<length).map { _ in borders.randomElement(using: &random) ?? 0 }, at: index)
      case 3: bytes.removeSubrange(index..<index + length)
      case 4: bytes.insert(contentsOf: bytes[index..<index + length], at: index)
      default: if random.happens(30) { bytes.removeSubrange(index...) }
      }
    }
  }
}
