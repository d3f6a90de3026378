// Where the time of one delivery goes: StepBenchmark PAYLOAD DATABASE ITERATIONS
//   PAYLOAD     the body of a user.created event
//   DATABASE    a new file, on the disk to measure
//   ITERATIONS  how many deliveries

import ClerkSync
import FoundationEssentials
import Gateway
import Glibc
import Logging
import SQLite
import Server
import Settings
import Svix

guard CommandLine.arguments.count == 4, let iterations = Int(CommandLine.arguments[3]), iterations > 0 else {
  print("usage: StepBenchmark PAYLOAD DATABASE ITERATIONS")
  exit(EX_USAGE)
}
let path = CommandLine.arguments[2]
var deliveries = try Deliveries(payload: String(contentsOfFile: CommandLine.arguments[1], encoding: .utf8))
let verifier = Verifier(secrets: [deliveries.secret])
let logger = Logger(label: "steps") { _ in LineLogHandler(format: .text) { _ in } }

// WAL whatever the version of SQLite, as where an operator has chosen it. This connection also keeps the
// WAL, as a long-lived handler's does.
let kept = try Connection(path: path, mode: .createIfMissing)
try kept.run("PRAGMA journal_mode = WAL")
let store = UserStore(database: path)
_ = try store.createUser(User(id: "user_kept", email: "kept@example.org", role: "client"))
try kept.run("SELECT 1 FROM users LIMIT 1")
var configuration = Configuration()
configuration.secrets = [deliveries.secret]
configuration.database = path
let application = Application(configuration: configuration)

var watch = Stopwatch()
for _ in 0..<iterations {
  let now = Int64(time(nil))
  let request = try deliveries.next(now: now)
  let headers = try watch.measure("read parameters") { try Steps.readParameters(request) }
  let message = try watch.measure("verify") {
    try Steps.verify(verifier, headers, request.body, now: now)
  }
  let event = try watch.measure("decode") { try Steps.decode(message) }

  let connection = try watch.measure("open") { try Steps.open(path) }
  try watch.measure("begin") { try Steps.begin(connection) }
  try watch.measure("write one row") { try Steps.writeOneRow(connection) }
  try watch.measure("commit") { try Steps.commit(connection) }
  let start = ContinuousClock.now
  Steps.close(connection)
  watch.add("close", ContinuousClock.now - start)

  let outcome = try watch.measure("apply: open to close, the real statements") {
    try Steps.apply(event, store)
  }
  precondition(outcome == .applied, "the event was \(outcome)")

  let second = try deliveries.next(now: now)
  let response = watch.measure("respond: all of it but the transport") {
    Steps.respond(application, second, logger)
  }
  precondition(response.status.code == 200, "the answer was \(response.status.code)")
}
print(watch.table)
