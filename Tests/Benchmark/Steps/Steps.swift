import ClerkSync
import Gateway
import Logging
import SQLite
import Server
import Svix

/// The steps of one delivery, each a function that is not inlined, so that a profiler finds it by its name.
enum Steps {
  /// Finds the svix headers among the variables a web server passes.
  @inline(never)
  static func readParameters(_ request: Request) throws -> MessageHeaders {
    try MessageHeaders(request.parameters.values(ofHeader:))
  }

  @inline(never)
  static func verify(
    _ verifier: Verifier, _ headers: MessageHeaders, _ body: [UInt8], now: Int64
  ) throws -> VerifiedMessage {
    try verifier.verify(headers, body: body, now: now)
  }

  @inline(never)
  static func decode(_ message: VerifiedMessage) throws -> Event {
    try Event(decoding: message, mapping: .builtIn)
  }

  /// Opens the file and reads its schema, which SQLite leaves to the first statement.
  @inline(never)
  static func open(_ path: String) throws -> Connection {
    let connection = try Connection(path: path, mode: .mustExist, deadline: .now + .seconds(5))
    _ = try connection.prepare("SELECT 1 FROM users LIMIT 0")
    return connection
  }

  @inline(never)
  static func begin(_ connection: borrowing Connection) throws {
    try connection.run("BEGIN IMMEDIATE")
  }

  /// The least a transaction can write, so that there is something to commit; the real statements are
  /// inside ``apply(_:_:)``.
  @inline(never)
  static func writeOneRow(_ connection: borrowing Connection) throws {
    try connection.run("UPDATE users SET updatedAt = updatedAt + 1 WHERE id = 'user_kept'")
  }

  @inline(never)
  static func commit(_ connection: borrowing Connection) throws {
    try connection.run("COMMIT")
  }

  @inline(never)
  static func close(_ connection: consuming Connection) {}

  /// The whole transaction, from opening a connection to closing it.
  @inline(never)
  static func apply(_ event: Event, _ store: UserStore) throws -> Outcome {
    try store.apply(event)
  }

  /// The whole request, from its parameters to the response and the log line.
  @inline(never)
  static func respond(_ application: Application, _ request: Request, _ logger: Logger) -> Response {
    application.respond(to: request, application.settings(for: request.parameters), logger: logger)
  }
}
