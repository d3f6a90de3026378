import Foundation

/// One run of the operator's command, `clerk-sync`, in its own process.
public struct Command: Sendable {
  public let status: Int32?
  public let output: String
  public let errors: String

  /// The lines of the output.
  public var lines: [String] { output.split(separator: "\n").map(String.init) }

  public static var executable: String { Handler.built("clerk-sync") }

  /// Runs the command to completion in `folder`, with only this environment.
  public static func run(
    _ arguments: [String], environment: [String: String] = [:], standardInput: String? = nil,
    in folder: TemporaryFolder
  ) throws -> Command {
    let process = try start(arguments, environment: environment, standardInput: standardInput, in: folder)
    let status = process.exitStatus()
    return Command(
      status: status, output: read(folder.file("output")), errors: read(folder.file("errors")))
  }

  /// Starts the command. Its output and errors go to the files `output` and `errors`.
  public static func start(
    _ arguments: [String], environment: [String: String] = [:], standardInput: String? = nil,
    in folder: TemporaryFolder
  ) throws -> ChildProcess {
    let input = try folder.write(standardInput ?? "", to: "input")
    return try ChildProcess(
      "/bin/sh", ["-c", #"exec "$0" "$@" <input >output 2>errors"#, executable] + arguments,
      environment: environment.merging(["TZ": "UTC"]) { mine, _ in mine }, folder: folder.path,
      output: input + ".log")
  }

  private static func read(_ file: String) -> String {
    (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
  }
}
