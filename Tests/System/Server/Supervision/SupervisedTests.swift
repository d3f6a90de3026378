import Foundation
import TestSupport
import Testing

/// Tests of conf/supervised with the real runit: spawn-fcgi creates the socket, and multiwatch keeps a handler on it.
@Suite(.programs) struct SupervisedTests {
  private let folder: TemporaryFolder
  private let supervisor: ChildProcess
  private var socket: String { folder.file("s") }
  private var database: String { folder.file("app.db") }

  init() throws {
    folder = try TemporaryFolder()
    try FileManager.default.copyItem(atPath: Project.file("conf/supervised"), toPath: folder.file("service"))
    try Self.configure(folder)
    supervisor = try ChildProcess(
      "/usr/bin/runsv", ["service"], environment: ["PATH": "/usr/bin:/bin"], folder: folder.path,
      output: folder.file("log"))
    let prepared = folder.file("app.db")
    let isServing = eventually { (try? DatabaseFile(prepared).rows("SELECT id FROM users")) != nil }
    try #require(isServing, "\(supervisor.log)")
  }

  @Test(arguments: [("is killed", SIGKILL), ("aborts", SIGABRT), ("ends by itself", SIGTERM)])
  func `A handler is replaced without losing a delivery`(how: String, signal: Int32)
    throws
  {
    defer { stop() }
    let inode = try inode()
    let load = SteadyLoad()
    try load.run(send: deliver) { [self] in
      for _ in 0..<5 {
        usleep(100_000)
        let old = try #require(try handler())
        kill(old, signal)
        let isReplaced = try eventually { try handler().map { $0 != old } ?? false }
        #expect(isReplaced)
      }
    }
    // Only requests in progress in a dying process can fail, and they are delivered again.
    #expect(load.failures <= (signal == SIGTERM ? 0 : 5 * 4))
    #expect(try storedUsers(in: database) == load.delivered)
    #expect(try self.inode() == inode)
  }

  @Test func `sv switches to a new secret and a new program without a failed request`() throws {
    defer { stop() }
    let load = SteadyLoad()
    try load.run(send: deliver) { [self] in
      try folder.write("\(SignedDelivery.secret) whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", to: "secret")
      let old = try handler()
      try sv("hup")
      #expect(eventually { supervisor.log.contains("secrets=2") })
      #expect(try handler() == old)
      try sv("1")
      #expect(try eventually { try handler().map { $0 != old } ?? false })
      usleep(200_000)
    }
    #expect(load.failures == 0)
    #expect(try storedUsers(in: database) == load.delivered)
  }

  private func deliver(_ delivery: SignedDelivery) throws -> Bool {
    let client = try FastCGIClient(socket)
    client.send(FastCGIRecord.request(delivery.parameters, body: delivery.body))
    return client.answer()?.status == 200
  }

  private func sv(_ command: String) throws {
    let sv = try ChildProcess(
      "/usr/bin/sv", [command, folder.file("service")], output: folder.file("sv.log"))
    #expect(sv.exitStatus() == 0, "\(sv.log)")
  }

  /// The handler's process, a child of multiwatch, which the run script executes.
  private func handler() throws -> Int32? {
    let multiwatch = try number(in: folder.file("service/supervise/pid"))
    return try multiwatch.flatMap { try number(in: "/proc/\($0)/task/\($0)/children") }
  }

  private func number(in file: String) throws -> Int32? {
    try String(contentsOfFile: file, encoding: .utf8).split(whereSeparator: \.isWhitespace).first.flatMap {
      Int32($0)
    }
  }

  private func inode() throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: socket)[.systemFileNumber] as? Int
  }

  /// Makes runit stop the service, then itself.
  private func stop() {
    supervisor.send(SIGTERM)
    #expect(supervisor.exitStatus() == 0)
  }

  /// Changes the paths and users in the files for the test.
  private static func configure(_ folder: TemporaryFolder) throws {
    let secret = try folder.write(SignedDelivery.secret, to: "secret")
    var environment = Handler.environment(in: folder)
    environment["CLERK_WEBHOOK_SIGNING_SECRET"] = nil
    environment["CLERK_WEBHOOK_SIGNING_SECRET_FILE"] = secret
    try folder.write(environment.map { "\($0)='\($1)'\n" }.joined(), to: "clerk-sync.env")
    var run = try String(contentsOfFile: folder.file("service/run"), encoding: .utf8)
    for (production, test) in [
      ("/etc/clerk-sync/clerk-sync.env", folder.file("clerk-sync.env")),
      ("mkdir -p /run/clerk-sync\n", ""), ("-u clerk-sync -g clerk-sync -G www-data ", ""),
      ("/run/clerk-sync/clerk-sync.sock", folder.file("s")),
      ("/usr/local/bin/clerk-sync.fcgi", Handler.executable),
    ] {
      try #require(run.contains(production))
      run = run.replacingOccurrences(of: production, with: test)
    }
    try Data(run.utf8).write(to: URL(filePath: folder.file("service/run")))
  }
}

/// The options of conf/supervised that the tests above have to leave out.
@Suite struct SupervisedUserTests {
  @Test(.enabled(if: getuid() == 0, "only root can change the user"))
  func `spawn-fcgi accepts the users and the mode of the run script`() throws {
    let folder = try TemporaryFolder()
    let run = try String(contentsOfFile: Project.file("conf/supervised/run"), encoding: .utf8)
    let options = try #require(run.firstMatch(of: #/spawn-fcgi -n (-u .*) -s /#)).1
      .replacingOccurrences(of: "-u clerk-sync -g clerk-sync", with: "-u nobody -g nogroup")
      .split(separator: " ").map(String.init)
    let socket = folder.file("s")
    let spawn = try ChildProcess(
      "/usr/bin/spawn-fcgi", ["-n"] + options + ["-s", socket, "--", "/bin/true"],
      output: folder.file("log"))
    #expect(spawn.exitStatus() == 0, "\(spawn.log)")
    let attributes = try FileManager.default.attributesOfItem(atPath: socket)
    #expect(attributes[.groupOwnerAccountName] as? String == "www-data")
    #expect(attributes[.posixPermissions] as? Int == 0o660)
  }
}
