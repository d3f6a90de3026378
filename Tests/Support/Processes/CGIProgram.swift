public import Foundation

/// The real `clerk-sync.fcgi` as a CGI program: one process for each request.
public final class CGIProgram: Endpoint, Sendable {
  public let folder: TemporaryFolder
  private let environment: [String: String]

  public init(in folder: TemporaryFolder, environment: [String: String] = [:]) {
    self.folder = folder
    self.environment = Handler.environment(in: folder).merging(environment) { $1 }
  }

  /// Makes it create its database, as a FastCGI process does at its start, by delivering an unrelated event.
  public func prepared() throws -> CGIProgram {
    _ = try answer(SignedDelivery(#"{"type":"session.created"}"#))
    return self
  }

  /// Returns the answer of a process that exits with status 0. The body is a file on its standard input, as
  /// with lighttpd.
  public func answer(_ parameters: [(String, String)], body: [UInt8]) throws -> Answer? {
    let process = try start(parameters, body: body)
    guard process.exitStatus() == 0 else { return nil }
    return try writtenAnswer(of: process)
  }

  /// Returns the answer of a process so far, however it ended; nil unless the head is complete.
  public func writtenAnswer(of process: ChildProcess) throws -> Answer? {
    try Answer(output, standardError: Array(process.log.utf8))
  }

  /// Starts a process with the body as a file on its standard input.
  public func start(_ parameters: [(String, String)], body: [UInt8]) throws -> ChildProcess {
    let input = folder.file("body")
    try Data(body).write(to: URL(filePath: input))
    return try start(parameters, standardInput: FileHandle(forReadingFrom: URL(filePath: input)))
  }

  /// Starts a process. Its standard output goes to a file unless `standardOutput` is given.
  public func start(
    _ parameters: [(String, String)], standardInput: FileHandle, standardOutput: FileHandle? = nil,
    command: String = #"exec "$0""#
  ) throws -> ChildProcess {
    try Data().write(to: URL(filePath: folder.file("answer")))
    return try ChildProcess(
      "/bin/sh", ["-c", command, Handler.executable],
      environment: environment.merging(parameters) { $1 }, standardInput: standardInput,
      standardOutput: standardOutput ?? FileHandle(forWritingTo: URL(filePath: folder.file("answer"))),
      folder: folder.path, output: folder.file("cgi.log"))
  }

  /// The standard output of the last process.
  public var output: [UInt8] {
    get throws { Array(try Data(contentsOf: URL(filePath: folder.file("answer")))) }
  }
}
