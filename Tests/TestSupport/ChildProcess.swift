public import Foundation

/// A process a test has started; it is killed, at the latest, when the test lets go of it.
public final class ChildProcess {
  private let process = Process()
  private let output: String

  /// Starts the program; its standard output and error go to the file `output`.
  public init(
    _ executable: String, _ arguments: [String] = [], environment: [String: String] = [:],
    standardInput: FileHandle = .nullDevice, folder: String = "/", output: String
  ) throws {
    self.output = output
    guard FileManager.default.createFile(atPath: output, contents: nil) else {
      throw CocoaError(.fileWriteUnknown)
    }
    let sink = try FileHandle(forWritingTo: URL(filePath: output))
    process.executableURL = URL(filePath: executable)
    process.arguments = arguments
    process.environment = environment
    process.standardInput = standardInput
    process.standardOutput = sink
    process.standardError = sink
    process.currentDirectoryURL = URL(filePath: folder)
    try process.run()
    try sink.close()
  }

  deinit {
    send(SIGKILL)
    process.waitUntilExit()
  }

  public var id: Int32 { process.processIdentifier }
  public var isRunning: Bool { process.isRunning }

  /// What it has written so far.
  public var log: String { (try? String(contentsOfFile: output, encoding: .utf8)) ?? "" }

  public func send(_ signal: Int32) {
    if process.isRunning { kill(id, signal) }
  }

  /// Waits for the end; returns the exit status, or nil when `seconds` pass or a signal ended it.
  public func exitStatus(within seconds: Double = 20) -> Int32? {
    guard eventually(within: seconds, { !process.isRunning }), process.terminationReason == .exit else {
      return nil
    }
    return process.terminationStatus
  }
}
