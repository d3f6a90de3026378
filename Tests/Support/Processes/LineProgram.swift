import Foundation
import Synchronization

/// A program that answers each line of JSON on its standard input with a line of JSON on its standard output.
///
/// Python programs run this way, because starting one takes a second of a processor. A program serves one caller at a
/// time; ``Pool`` starts as many as are needed at once. It ends with its standard input, when the tests end.
public final class LineProgram: Sendable {
  public struct Failed: Error {
    let log: String
  }

  private let process: ChildProcess
  private let input = Pipe()
  private let output = Pipe()

  /// Starts a script of the project in the tests' virtual environment. Its standard error goes to `.build/log`.
  public init(_ script: String, environment: [String: String] = [:]) throws {
    let name = URL(filePath: script).deletingPathExtension().lastPathComponent
    let folder = Project.file(".build/log")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    process = try ChildProcess(
      Project.file(".build/venv/bin/python"), ["-B", Project.file(script)], environment: environment,
      standardInput: input.fileHandleForReading, standardOutput: output.fileHandleForWriting,
      output: "\(folder)/\(name)-\(UUID().uuidString.prefix(8)).log")
    // Reading then ends when the program does.
    try output.fileHandleForWriting.close()
  }

  /// Sends the job and waits for its result.
  ///
  /// - Throws: ``Failed`` with the program's standard error if it ends without an answer.
  public func run<Result: Decodable>(_ job: some Encodable) throws -> Result {
    try input.fileHandleForWriting.write(contentsOf: JSONEncoder().encode(job) + Data("\n".utf8))
    var line = Data()
    while line.last != UInt8(ascii: "\n") {
      let bytes = output.fileHandleForReading.availableData
      guard !bytes.isEmpty else { throw Failed(log: process.log) }
      line += bytes
    }
    return try JSONDecoder().decode(Result.self, from: line)
  }

  /// The programs of one script.
  public final class Pool: Sendable {
    private let start: @Sendable () throws -> LineProgram
    private let idle = Mutex<[LineProgram]>([])

    public init(_ start: @escaping @Sendable () throws -> LineProgram) {
      self.start = start
    }

    /// Runs the job in an idle program, or in a new one.
    public func run<Result: Decodable>(_ job: some Encodable) throws -> Result {
      let program = try idle.withLock { $0.popLast() } ?? start()
      let result: Result = try program.run(job)
      idle.withLock { $0.append(program) }
      return result
    }
  }
}
