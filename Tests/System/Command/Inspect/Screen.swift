import Foundation
import TestSupport

/// The output of a command on a terminal of 80 columns.
struct Screen {
  let status: Int32?
  /// The output with escape sequences.
  let text: String

  init(_ arguments: [String], environment: [String: String], in folder: TemporaryFolder) throws {
    let command = ([Command.executable] + arguments).map { "'\($0)'" }.joined(separator: " ")
    let process = try ChildProcess(
      "/usr/bin/script", ["-qec", "stty cols 80; exec \(command)", "/dev/null"],
      environment: ["PATH": "/usr/bin:/bin", "TERM": "xterm"].merging(environment) { $1 },
      folder: folder.path, output: folder.file("screen"))
    status = process.exitStatus()
    text = process.log
  }

  /// The lines without colours.
  var lines: [String] {
    text.replacing(/\u{1b}\[[0-9]+m/, with: "").split(whereSeparator: \.isNewline).map(String.init)
  }

  /// The width of the longest line in columns; a Chinese character takes two.
  var width: Int {
    lines.map { $0.unicodeScalars.reduce(0) { $0 + ((0x4e00..<0xa000).contains($1.value) ? 2 : 1) } }.max()
      ?? 0
  }

  var hasColour: Bool { text.contains("\u{1b}[3") }

  /// Whether the output contains no control characters except colours and line ends.
  var isInert: Bool {
    lines.allSatisfy { $0.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control } }
  }
}
