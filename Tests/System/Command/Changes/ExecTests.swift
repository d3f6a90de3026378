import Foundation
import TestSupport
import Testing

/// Tests of consumers that run a command.
@Suite(.waits) struct ExecTests {
  private let site: ConsumingSite

  init() throws {
    site = try ConsumingSite()
  }

  private func consume(_ command: String, _ arguments: String..., as name: String = "crm") throws -> Command {
    try Command.run(
      ["changes", "--consumer", name, "--exec", command, "--once", "--from", "start"] + arguments,
      environment: ["CLERK_SYNC_DATABASE": site.folder.file("app.db")], in: site.folder)
  }

  @Test func `Each change is passed to the command once, in order, as --json prints it`() throws {
    try site.create(1...3)
    #expect(try consume("cat >>out").status == 0)
    try site.create(4...4)
    #expect(try consume("cat >>out").status == 0)
    #expect(try site.lines(of: "out", in: site.folder) == site.changes("--json").lines)
    #expect(try site.ids(in: "out") == ["user_1", "user_2", "user_3", "user_4"])
  }

  @Test func `A new consumer begins after the newest change, or with the oldest one`() throws {
    try site.create(1...2)
    let now = ["--consumer", "now", "--exec", "cat >>now", "--once"]
    func run() throws -> Int32? {
      try Command.run(
        ["changes"] + now, environment: ["CLERK_SYNC_DATABASE": site.folder.file("app.db")], in: site.folder
      ).status
    }
    #expect(try run() == 0)
    try site.create(3...3)
    #expect(try run() == 0)
    #expect(try site.ids(in: "now") == ["user_3"])
    #expect(try consume("cat >>start", as: "start").status == 0)
    #expect(try site.ids(in: "start") == ["user_1", "user_2", "user_3"])
    let consumers = try site.changes("consumers", "--json").lines.map { try ConsumingSite.object($0) }
    #expect(consumers.map { $0["name"] as? String } == ["now", "start"])
    #expect(consumers.map { $0["position"] as? Int } == [3, 3])
    #expect(consumers.map { $0["pending"] as? Int } == [0, 0])
  }

  @Test func `A command that fails is run again with the same change`() throws {
    try site.create(1...2)
    let run = try consume("cat >>out; [ -e ok ] || { touch ok; exit 1; }", "--tries", "2")
    #expect(run.status == 0)
    #expect(try site.ids(in: "out") == ["user_1", "user_1", "user_2"])
    #expect(try site.failed("crm").isEmpty)
    #expect(run.errors.contains(#"reason="exit status 1""#))
    #expect(run.errors.contains("pause_s=1 "))
  }

  @Test func `A change that keeps failing is set aside, and tried again before new ones when asked`() throws {
    try site.create(1...4)
    let command = """
      read -r change; echo "ada@example.org of $change"; case $change in *user_1*) exit 3;; *user_3*) kill -9 $$;; esac
      """
    let run = try consume(command, "--tries", "1")
    #expect(run.status == 0)
    var failed = try site.failed("crm")
    #expect(failed.map(\.id) == ["user_1", "user_3"])
    #expect(failed.map(\.reason) == ["exit status 3", "ended by signal 9"])
    #expect(failed.map(\.tries) == [1, 1])
    #expect(!run.errors.contains("ada@example.org") && !run.errors.contains(#""seq""#))
    #expect(try site.changes("failed").status == 1)

    try site.create(5...5)
    #expect(try site.changes("retry", "crm", "1").output == "1 to be tried again\n")
    #expect(try consume("cat >>out; false", "--tries", "1").status == 0)
    #expect(try site.ids(in: "out") == ["user_1", "user_5"])
    failed = try site.failed("crm")
    #expect(failed.map(\.id) == ["user_1", "user_3", "user_5"])
    #expect(failed.map(\.tries) == [2, 1, 1])

    #expect(try site.changes("drop", "crm", "5").output == "1 dropped\n")
    try site.create(6...6)
    #expect(try site.changes("retry", "crm").output == "2 to be tried again\n")
    #expect(try consume("cat >>again").status == 0)
    #expect(try site.ids(in: "again") == ["user_1", "user_3", "user_6"])
    #expect(try site.failed("crm").isEmpty)
    #expect(try site.changes("failed").status == 0)
  }

  @Test func `What is not there is not retried, dropped or forgotten`() throws {
    try site.create(1...1)
    #expect(try consume("true").status == 0)
    for arguments in [["retry", "crm", "1"], ["drop", "crm", "1"], ["retry", "mail"], ["forget", "mail"]] {
      let command = try Command.run(
        ["changes"] + arguments, environment: ["CLERK_SYNC_DATABASE": site.folder.file("app.db")],
        in: site.folder)
      #expect(command.status == 1, "\(arguments)")
      #expect(command.errors.contains("see `clerk-sync changes"), "\(command.errors)")
    }
  }

  @Test func `A consumer with pending changes is forgotten only with --force`() throws {
    try site.create(1...1)
    #expect(try consume("true").status == 0)
    try site.create(2...2)
    let refused = try site.changes("forget", "crm")
    #expect(refused.status == 1)
    #expect(refused.errors.contains("1 pending"))
    #expect(try site.changes("forget", "crm", "--force").status == 0)
    #expect(try site.changes("consumers").output == "No consumers.\n")
  }

  @Test(arguments: ["", "trap '' TERM; "])
  func `A timeout ends all processes of the command`(trap: String) throws {
    try site.create(1...1)
    let command = "\(trap)sleep 1000 & echo $! >child; echo $$ >parent; wait; wait"
    // On a loaded machine the command may be ended before it has written its ids.
    let run = try consume(command, "--timeout", "1s", "--tries", "1")
    #expect(run.status == 0)
    #expect(try site.failed("crm").map(\.reason) == ["no end within 1 s"])
    for file in ["parent", "child"] {
      guard let id = site.lines(of: file, in: site.folder).first else { continue }
      #expect(eventually { !isRunning(id) }, "\(file)")
    }
  }

  /// Whether the process exists and has not ended.
  private func isRunning(_ id: String) -> Bool {
    let state = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)
    return state.map { !$0.contains(") Z ") } ?? false
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func `A signal lets the running command finish`(signal: Int32) throws {
    try site.create(1...2)
    let other = try TemporaryFolder()
    let process = try site.start(
      "--consumer", "crm", "--from", "start", "--exec",
      "touch begun; until [ -e go ]; do sleep 0.01; done; cat >>out", in: other)
    #expect(eventually { FileManager.default.fileExists(atPath: other.file("begun")) })
    process.send(signal)
    #expect(process.isRunning)
    try other.write("", to: "go")
    #expect(process.exitStatus() == 0)
    #expect(try site.ids(in: "out", of: other) == ["user_1"])
    #expect(try consume("cat >>out").status == 0)
    #expect(try site.ids(in: "out") == ["user_2"])
  }

  @Test func `A second process of a consumer is refused, until the first one is gone`() throws {
    try site.create(1...1)
    let other = try TemporaryFolder()
    let process = try site.start(
      "--consumer", "crm", "--from", "start", "--exec", "touch begun; sleep 1000", in: other)
    #expect(eventually { FileManager.default.fileExists(atPath: other.file("begun")) })
    for second in try [consume("true"), site.changes("forget", "crm", "--force")] {
      #expect(second.status == 2)
      #expect(second.errors.contains("another process runs the consumer crm"), "\(second.errors)")
    }
    #expect(try consume("cat >>out", as: "mail").status == 0)
    // The command lives on, and does not keep the lock.
    process.send(SIGKILL)
    #expect(process.diesOfSignal())
    #expect(try consume("cat >>out2").status == 0)
    #expect(try site.ids(in: "out2") == ["user_1"])
  }

  @Test func `A locked database is waited for`() throws {
    try site.create(1...1)
    let other = try TemporaryFolder()
    // The command ends once the lock is held, so that the record of its change meets the lock.
    let process = try site.start(
      "--consumer", "crm", "--from", "start", "--exec", "cat >>out; until [ -e held ]; do sleep 0.01; done",
      in: other)
    #expect(eventually { site.lines(of: "out", in: other).count == 1 })
    let writer = try ChildProcess(
      "/bin/sh",
      [
        "-c",
        """
        exec sqlite3 -bail -cmd '.timeout 60000' "$0" <<'END'
        BEGIN IMMEDIATE;
        .shell touch held
        .shell until [ -e release ]; do sleep 0.01; done
        COMMIT;
        END
        """, site.folder.file("app.db"),
      ], folder: other.path, output: other.file("writer.log"))
    #expect(
      eventually { site.lines(of: "errors", in: other).contains { $0.contains("the changes wait") } },
      "\(writer.log)")
    try other.write("", to: "release")
    #expect(eventually { site.lines(of: "errors", in: other).contains { $0.contains("available again") } })
    try site.create(2...2)
    #expect(eventually { site.lines(of: "out", in: other).count == 2 })
    process.send(SIGTERM)
    #expect(process.exitStatus() == 0)
    #expect(try site.ids(in: "out", of: other) == ["user_1", "user_2"])
  }

  @Test func `A backfill of 100 000 users makes no call for webhooks only`() throws {
    try site.create(1...1)
    try site.reading.database.execute(
      """
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
      INSERT INTO clerk_sync_changes (entity, id, operation, source, at)
      SELECT 'user', 'user_b' || i, 'created', 'backfill', 1 FROM n
      """)
    try site.create(2...2)
    #expect(try consume("cat >>out", "--source", "webhook").status == 0)
    #expect(try site.ids(in: "out") == ["user_1", "user_2"])
    let consumer = try ConsumingSite.object(#require(site.changes("consumers", "--json").lines.first))
    #expect(consumer["position"] as? Int == 100_002)
  }
}
