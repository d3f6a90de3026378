import Foundation
import TestSupport
import Testing

/// A replica that replaces its primary at the same address.
@Suite(.waits) struct FailoverTests {
  private let site: QueueSite
  private let folder: TemporaryFolder
  private let replica: RedisServer
  private let primaryPort: LoopbackPort
  private let port: LoopbackPort

  init() throws {
    site = try QueueSite(keeps: true)
    folder = try TemporaryFolder()
    primaryPort = try LoopbackPort()
    port = try LoopbackPort()
    try #require(try site.redis.command("CONFIG", "SET", "port", "\(primaryPort.number)") == "OK")
    replica = try RedisServer(
      in: folder, ["--replicaof", "127.0.0.1", "\(primaryPort.number)"], port: port.number)
    let replica = replica
    try #require(
      try eventually { try replica.command("INFO", "replication").contains("master_link_status:up") })
    try #require(try site.run("init").status == 0)
  }

  /// Makes the address lead to the replica from now on.
  private func moveAddress() throws {
    let socket = site.folder.file("redis.sock")
    try FileManager.default.removeItem(atPath: socket)
    try FileManager.default.createSymbolicLink(atPath: socket, withDestinationPath: folder.file("redis.sock"))
  }

  @Test func `A planned failover loses and repeats nothing and needs no restart`() throws {
    let worker = try site.startWorker()
    try site.deliver(Payload.user(id: "user_1"), id: "msg_1")
    #expect(try site.isDrained())
    let lock = try DatabaseLock(site)
    try site.deliver(Payload.user(id: "user_2"), id: "msg_2")
    #expect(eventually { worker.log.contains("the database is unavailable") })
    try site.deliver(Payload.user(id: "user_3"), id: "msg_3")

    #expect(try site.redis.command("FAILOVER", "TO", "127.0.0.1", "\(port.number)") == "OK")
    #expect(try eventually { try replica.command("ROLE").hasPrefix("master") })
    #expect(try eventually { try site.redis.command("ROLE").hasPrefix("slave") })
    let refused = try site.handler.answer(SignedDelivery(Array(Payload.user(id: "user_4").utf8), id: "msg_4"))
    #expect(refused?.status == 500)
    #expect(refused?.standardError.contains("READONLY: it is a replica") == true)
    // It commits what it cannot acknowledge.
    try lock.release()
    #expect(eventually { worker.log.contains("READONLY: it is a replica") })
    #expect(site.users == ["user_1", "user_2"])

    try moveAddress()
    #expect(try eventually { try site.deliver(Payload.user(id: "user_4"), id: "msg_4") == "queued" })
    #expect(eventually { worker.log.contains("Redis is available again") })
    #expect(try site.isDrained())
    #expect(
      try site.outcomes() == ["msg_1": "applied", "msg_2": "applied", "msg_3": "applied", "msg_4": "applied"])
    #expect(!worker.log.contains("duplicate="))
    #expect(worker.isRunning && site.handler.process.isRunning)
  }

  @Test func `Deliveries replicated before the primary died are applied`() throws {
    let worker = try site.startWorker()
    let lock = try DatabaseLock(site)
    try site.deliver(Payload.user(id: "user_1"), id: "msg_1")
    #expect(eventually { worker.log.contains("the database is unavailable") })
    try site.deliver(Payload.user(id: "user_2"), id: "msg_2")
    #expect(try eventually { try replica.command("XLEN", "clerk-sync:deliveries") == "2" })
    site.redis.process.send(SIGKILL)
    #expect(site.redis.process.diesOfSignal())
    #expect(try site.deliver(Payload.user(id: "user_3"), id: "msg_3") == "queue_error")
    try lock.release()
    #expect(eventually { worker.log.contains("error Redis is unavailable") })

    #expect(try replica.command("REPLICAOF", "NO", "ONE") == "OK")
    try moveAddress()
    #expect(try eventually { try site.deliver(Payload.user(id: "user_3"), id: "msg_3") == "queued" })
    #expect(try site.isDrained())
    #expect(site.users == ["user_1", "user_2", "user_3"])
    #expect(eventually { worker.log.contains("info Redis is available again") })
    #expect(worker.isRunning && site.handler.process.isRunning)
  }
}
