import Redis
import TestSupport
import Testing

@testable import ClerkSync
@testable import Queue

/// The queue on one node of a Redis cluster
/// (redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec).
@Suite(.programs) struct ClusterTests {
  private let folder: TemporaryFolder
  private let ports: [LoopbackPort]
  private let server: RedisServer
  private let queue: DeliveryQueue

  init() throws {
    folder = try TemporaryFolder()
    ports = [try LoopbackPort(), try LoopbackPort()]
    server = try RedisServer(
      in: folder, ["--cluster-enabled", "yes", "--cluster-port", "\(ports[0].number)"], port: ports[1].number)
    queue = DeliveryQueue(RedisAddress(.unix(path: folder.file("redis.sock"))))
  }

  @Test func `All operations on an entry run on its node`() throws {
    try #require(try server.command("CLUSTER", "ADDSLOTSRANGE", "0", "16383") == "OK")
    try #require(try eventually { try server.command("CLUSTER", "INFO").contains("cluster_state:ok") })
    try queue.check()
    try queue.prepare()
    try server.command("XADD", "clerk-sync:deliveries", "*", "id", "msg_1")
    let entry = try #require(try queue.next(10, as: "one", wait: .seconds(1)).first)
    #expect(try queue.countTry(of: entry.id) == 1)
    #expect(try queue.moveToDeadLetters(entry, tries: 1, reason: "a reason"))
    let letter = try #require(try queue.deadLetters(limit: 10).first)
    #expect(try queue.retry(letter))
    let again = try #require(try queue.next(10, as: "one", wait: .seconds(1)).first)
    #expect(again.fields == entry.fields)
    #expect(try queue.finish([again.id]) == 0)
    #expect(try queue.statistics().deadLetters == 0)
  }

  @Test func `An incomplete cluster is reported as such`() throws {
    let error = RedisError.refused(command: "XADD", code: "CLUSTERDOWN")
    #expect(throws: error) { try queue.check() }
    #expect(error.reason == "Redis refused XADD with CLUSTERDOWN: a part of its cluster is missing")
  }
}
