import Foundation
import TestSupport
import Testing

/// Tests of the units in conf/systemd, as far as possible without systemd as process 1.
@Suite(.programs) struct SystemdTests {
  private let folder: TemporaryFolder
  private let socket: SystemdUnit
  private let service: SystemdUnit

  init() throws {
    folder = try TemporaryFolder()
    socket = try SystemdUnit("clerk-sync.socket")
    service = try SystemdUnit("clerk-sync.service")
  }

  @Test func `systemd accepts the units`() throws {
    let (status, output) = try SystemdUnit.analyze(
      "verify", socket.install(in: folder), service.install(in: folder))
    #expect(status == 0)
    #expect(output.isEmpty)
  }

  @Test func `The service has a low exposure level`() throws {
    // In tenths. The remaining exposure: access to the root folder and the clock device, and files readable by the
    // group.
    let (status, output) = try SystemdUnit.analyze(
      "security", "--offline=true", "--threshold=2", service.install(in: folder))
    #expect(status == 0, "\(output)")
  }

  @Test(.enabled(if: Strace.isUsable, "strace is not installed, or may not trace"))
  func `The sandbox allows every system call of the handler`() throws {
    let trace = folder.file("trace")
    let handler = try Handler(in: folder, command: #"exec strace -f -o \#(trace) "$0""#)
    #expect(try handler.isHealthy())
    #expect(try handler.accepts(SignedDelivery(Payload.user(id: "user_1"))))
    #expect(try handler.accepts(SignedDelivery(Payload.deleted(id: "user_1"))))
    try tracee(of: handler, receives: SIGHUP)
    #expect(eventually { handler.process.log.contains("read the secret files again") })
    try tracee(of: handler, receives: SIGTERM)
    #expect(handler.process.exitStatus() == 0)

    let calls = try Strace.calls(in: trace).map(\.text)
    let names = Set(calls.filter { $0.first?.isLetter == true }.map { String($0.prefix { $0 != "(" }) })
    #expect(names.isSuperset(of: ["accept", "fdatasync", "rt_sigtimedwait"]))
    // SQLite changes the owner of new files only as root, which the service is not.
    let asRoot: Set = geteuid() == 0 ? ["fchown"] : []
    #expect(names.subtracting(asRoot).subtracting(try service.systemCalls()).isEmpty)
    // RestrictAddressFamilies=none and MemoryDenyWriteExecute=yes.
    #expect(!names.contains("socket"))
    #expect(!calls.contains { $0.contains("PROT_WRITE|PROT_EXEC") })
  }

  @Test func `The service's command line serves the socket on standard input`() throws {
    let command = try #require(service.values(of: "ExecStart").first)
    #expect(command == "/usr/local/bin/clerk-sync.fcgi")
    #expect(service.values(of: "StandardInput") == ["socket"])
    let secret = try folder.write(SignedDelivery.secret, to: "signing-secret")
    // The service's environment, with %S and %d in a temporary folder.
    let settings = service.values(of: "Environment").map {
      $0.replacingOccurrences(of: "%S/clerk-sync", with: folder.path).replacingOccurrences(
        of: "%d", with: folder.path)
    }
    // The content that systemd provides without the file.
    #expect(service.values(of: "SetCredential") == [#"admin-token:\n"#])
    let token = try folder.write("\n", to: "admin-token")
    let process = try ChildProcess(
      "/usr/bin/systemd-socket-activate",
      ["--inetd", "--listen=\(folder.file("s"))"] + settings.map { "--setenv=\($0)" } + [Handler.executable],
      folder: folder.path, output: folder.file("handler.log"))
    #expect(eventually { process.log.contains("Listening on") })

    try #expect(deliver(signedWith: SignedDelivery.secret) == 200)
    try #expect(readUsers() == 404)
    #expect(try storedUsers(in: folder.file("clerk-sync.db")) == ["user_1"])

    let new = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
    try Data(new.utf8).write(to: URL(filePath: secret))
    try Data(APICase.token.utf8).write(to: URL(filePath: token))
    try run(service.values(of: "ExecReload"), mainProcess: process.id)
    #expect(eventually { process.log.contains("info read the secret files again") })
    try #expect(deliver(signedWith: new) == 200)
    try #expect(readUsers() == 200)

    let signal = service.values(of: "KillSignal")
    #expect(signal == ["SIGTERM"])
    process.send(SIGTERM)
    #expect(process.exitStatus() == 0)
  }

  @Test func `A stalled sender does not delay the stop beyond its limit`() throws {
    let handler = try Handler(in: folder)
    let delivery = try SignedDelivery(Payload.user(id: "user_1"))
    let client = try handler.connect()
    client.send(Array(FastCGIRecord.request(delivery.parameters, body: delivery.body).dropLast(20)))
    #expect(try eventually { try handler.process.connections == 1 })
    handler.process.send(SIGTERM)
    #expect(handler.process.exitStatus() == 0)
    let limit = try #require(service.values(of: "TimeoutStopSec").first.flatMap { Double($0) })
    #expect(limit > 15)
  }

  private func deliver(signedWith secret: String) throws -> Int? {
    let delivery = try SignedDelivery(Array(Payload.user(id: "user_1").utf8), secret: secret)
    let client = try FastCGIClient(folder.file("s"))
    client.send(FastCGIRecord.request(delivery.parameters, body: delivery.body))
    return client.answer()?.status
  }

  /// Requests the users with the token.
  private func readUsers() throws -> Int? {
    let client = try FastCGIClient(folder.file("s"))
    client.send(
      FastCGIRecord.request([
        ("REQUEST_METHOD", "GET"), ("SCRIPT_NAME", "/api/users"),
        ("HTTP_AUTHORIZATION", "Bearer \(APICase.token)"),
      ]))
    return client.answer()?.status
  }

  private func run(_ commands: [String], mainProcess: Int32) throws {
    let shell = try ChildProcess(
      "/bin/sh", ["-ec", commands.joined(separator: "\n")], environment: ["MAINPID": "\(mainProcess)"],
      output: folder.file("reload.log"))
    #expect(shell.exitStatus() == 0, "\(shell.log)")
  }

  /// Sends a signal to the process started by strace.
  private func tracee(of handler: Handler, receives signal: Int32) throws {
    let path = "/proc/\(handler.process.id)/task/\(handler.process.id)/children"
    let child = try String(contentsOfFile: path, encoding: .utf8).split(separator: " ").first.flatMap {
      Int32($0)
    }
    #expect(kill(try #require(child), signal) == 0)
  }
}
