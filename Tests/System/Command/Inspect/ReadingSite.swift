import Foundation
import TestSupport

/// A database filled by the real handler, and the commands that read it.
struct ReadingSite {
  let folder: TemporaryFolder
  private let handler: CGIProgram

  init(environment: [String: String] = [:]) throws {
    folder = try TemporaryFolder(inMemory: true)
    handler = CGIProgram(in: folder, environment: environment)
  }

  var database: DatabaseFile { DatabaseFile(folder.file("app.db")) }

  /// Delivers the body, and returns the outcome or the error.
  @discardableResult
  func deliver(_ body: String, id: String? = nil) throws -> String? {
    let answer = try handler.answer(SignedDelivery(Array(body.utf8), id: id))
    return answer?["outcome"] ?? answer?["error"]
  }

  /// Delivers two users, a deleted user, an event of another type, and a failing delivery: `msg_failed`.
  func fill() throws {
    try deliver(Payload.user(id: "user_1", role: "admin"), id: "msg_1")
    try deliver(Payload.user(id: "user_2", firstName: "Charles", lastName: "Babbage"), id: "msg_2")
    try deliver(Payload.user(id: "user_3"), id: "msg_3")
    try deliver(Payload.deleted(id: "user_3"), id: "msg_4")
    try deliver(#"{"type":"session.created"}"#, id: "msg_5")
    try deliver(Payload.user(id: "user_4", email: "user_1@example.org"), id: "msg_failed")
  }

  func run(_ arguments: String..., environment: [String: String] = [:]) throws -> Command {
    try Command.run(arguments, environment: variables(environment), in: folder)
  }

  func start(_ arguments: String...) throws -> ChildProcess {
    try Command.start(arguments, environment: variables([:]), in: folder)
  }

  /// The output of the started command so far.
  var output: String { (try? String(contentsOfFile: folder.file("output"), encoding: .utf8)) ?? "" }

  /// Runs a command on a terminal.
  func screen(_ arguments: String..., environment: [String: String] = [:]) throws -> Screen {
    try Screen(arguments, environment: variables(environment), in: folder)
  }

  private func variables(_ more: [String: String]) -> [String: String] {
    ["CLERK_SYNC_DATABASE": "app.db"].merging(more) { $1 }
  }
}
