import Foundation
import TestSupport
import Testing

/// Tests of the worker's unit, as far as possible without systemd as process 1.
@Suite(.programs) struct WorkerUnitTests {
  private let folder: TemporaryFolder
  private let service: SystemdUnit

  init() throws {
    folder = try TemporaryFolder()
    service = try SystemdUnit("clerk-sync-worker.service")
  }

  @Test func `systemd accepts the unit`() throws {
    let (status, output) = try SystemdUnit.analyze("verify", service.install(in: folder))
    #expect(status == 0)
    #expect(output.isEmpty, "\(output)")
  }

  @Test func `The worker has a low exposure level`() throws {
    // In tenths. Unlike the handler, the worker opens connections, to any address.
    let (status, output) = try SystemdUnit.analyze(
      "security", "--offline=true", "--threshold=12", service.install(in: folder))
    #expect(status == 0, "\(output)")
  }

  @Test(.enabled(if: Strace.isUsable, "strace is not installed, or may not trace"))
  func `The worker runs with the unit's settings, within the system calls of the sandbox`() throws {
    let redis = try RedisServer(in: folder)
    try folder.write(SignedDelivery.secret, to: "signing-secret")
    try folder.write(RedisServer.url(in: folder), to: "queue")
    let handler = try Handler(in: folder, environment: ["CLERK_SYNC_QUEUE": RedisServer.url(in: folder)])
    // The service's environment, with %S and %d in a temporary folder.
    let settings = service.values(of: "Environment").map { setting in
      let setting = setting.replacingOccurrences(of: "%S/clerk-sync", with: folder.path)
        .replacingOccurrences(of: "%d", with: folder.path)
      return setting.split(separator: "=", maxSplits: 1).map(String.init)
    }
    let trace = folder.file("trace")
    let arguments = try #require(service.values(of: "ExecStart").first).split(separator: " ").dropFirst()
    let worker = try ChildProcess(
      "/usr/bin/strace", ["-f", "-o", trace, Command.executable] + arguments.map(String.init),
      environment: Dictionary(uniqueKeysWithValues: settings.map { ($0[0], $0[1]) }), folder: folder.path,
      output: folder.file("worker.log"))
    let isAccepted = try handler.accepts(SignedDelivery(Payload.user(id: "user_1")))
    #expect(isAccepted)
    #expect(
      eventually { (try? storedUsers(in: folder.file("clerk-sync.db"))) == ["user_1"] },
      "\(worker.log)")
    #expect(service.values(of: "KillSignal") == ["SIGTERM"])
    let children = try String(
      contentsOfFile: "/proc/\(worker.id)/task/\(worker.id)/children", encoding: .utf8)
    let child = children.split(separator: " ").first.flatMap { Int32($0) }
    #expect(kill(try #require(child), SIGTERM) == 0)
    #expect(worker.exitStatus() == 0)
    #expect(redis.process.isRunning)

    let calls = try Strace.calls(in: trace).map(\.text)
    let names = Set(calls.filter { $0.first?.isLetter == true }.map { String($0.prefix { $0 != "(" }) })
    #expect(names.isSuperset(of: ["connect", "fdatasync"]))
    // SQLite changes the owner of new files only as root, which the service is not.
    let asRoot: Set = geteuid() == 0 ? ["fchown"] : []
    let denied = try names.subtracting(asRoot).subtracting(service.systemCalls())
    #expect(denied == [])
    #expect(!calls.contains { $0.contains("PROT_WRITE|PROT_EXEC") })
  }
}
