import Foundation
import TestSupport
import Testing

/// What is counted: one request, from its connection to the close of it.
enum Measure: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case created = "user.created"
  case createdInWAL = "user.created, WAL"
  case createdShared = "user.created, shared connection"
  case createdMapped = "user.created, a mapping file"
  case createdWithChanges = "user.created, the change feed"
  case createdByCGI = "user.created, a CGI process"
  case createdMappedByCGI = "user.created, a mapping file, a CGI process"
  case updated = "user.updated"
  case refused = "a wrong signature"

  var testDescription: String { rawValue }

  /// Returns the instructions of one request.
  func count() throws -> Int {
    if self == .createdByCGI || self == .createdMappedByCGI { return try countProcess() }
    return try (count(requests: Self.requests) - count(requests: 0)) / Self.requests
  }

  /// A multiple of 16, because the store counts and prunes with each 16th delivery.
  private static let requests = 64

  /// Returns the instructions of a FastCGI process from start to exit, which answers `requests` requests after some
  /// others.
  private func count(requests: Int) throws -> Int {
    let folder = try TemporaryFolder()
    if self == .createdInWAL { try JournalMode.wal.makeDatabase(at: folder.file("app.db")) }
    try makeTable(in: folder)
    let handler = try Handler(
      in: folder, environment: environment, command: Callgrind.command(writing: folder.file("counts")))
    // The users that are updated. What a process does once is done with the first requests of a kind.
    for number in 0..<64 { try Measure.created.send(number, to: handler) }
    for number in 64..<(80 + requests) { try send(number, to: handler) }
    handler.process.send(SIGTERM)
    guard handler.process.exitStatus() == 0 else { throw Failed(log: handler.process.log) }
    return try Callgrind.instructions(in: folder.file("counts"))
  }

  /// Returns the instructions of a CGI process from start to exit.
  private func countProcess() throws -> Int {
    let folder = try TemporaryFolder()
    try makeTable(in: folder)
    let program = try CGIProgram(in: folder, environment: environment).prepared()
    let delivery = try delivery(0)
    let input = try folder.write(String(decoding: delivery.body, as: UTF8.self), to: "body")
    let process = try program.start(
      delivery.parameters, standardInput: FileHandle(forReadingFrom: URL(filePath: input)),
      command: Callgrind.command(writing: folder.file("counts")))
    guard process.exitStatus() == 0, try program.writtenAnswer(of: process)?["outcome"] == "applied"
    else { throw Failed(log: process.log) }
    return try Callgrind.instructions(in: folder.file("counts"))
  }

  private var isMapped: Bool { self == .createdMapped || self == .createdMappedByCGI }

  /// Creates the built-in table, which a mapping file requires.
  private func makeTable(in folder: TemporaryFolder) throws {
    if isMapped { try ApplicationSchema.create("built-in", at: folder.file("app.db")) }
  }

  private var environment: [String: String] {
    var settings = [
      "CLERK_SYNC_THREADS": "1", "CLERK_SYNC_CONNECTION": self == .createdShared ? "shared" : "per-request",
    ]
    if isMapped {
      settings["CLERK_SYNC_TABLES"] = Project.file("conf/tables.json5")
    }
    if self == .createdWithChanges { settings["CLERK_SYNC_CHANGES"] = "on" }
    return Callgrind.environment.merging(settings) { $1 }
  }

  private func send(_ number: Int, to handler: Handler) throws {
    let answer = try handler.answer(delivery(number))
    guard self == .refused ? answer?.status == 400 : answer?["outcome"] == "applied" else {
      throw Failed(log: handler.process.log)
    }
  }

  /// Returns Clerk's example with a number in its ids. The texts have the same length for each number below 1000.
  private func delivery(_ number: Int) throws -> SignedDelivery {
    let user = self == .updated ? number % 64 : number
    let body = try String(decoding: Payload.example("\(type).dashboard"), as: UTF8.self)
      .replacing("user_29w83sxmDNGwOuEthce5gg56FcC", with: "user_29w83sxmDNGwOuEthce5gg56\(1000 + user)")
      .replacing("example@example.org", with: "example\(1000 + user)@example.org")
      .replacing("1654012824306", with: "165401282\(1000 + number)")
    return try SignedDelivery(
      Array(body.utf8), id: "msg_2g7s1cCEkkFVQNWJmG3P7YQ\(1000 + number)",
      secret: self == .refused ? "whsec_d3Jvbmc=" : SignedDelivery.secret)
  }

  private var type: String { self == .updated ? "user.updated" : "user.created" }
}

/// The handler did not answer as it should, or did not stop.
private struct Failed: Error {
  let log: String
}
