import Foundation
import TestSupport

/// What a command shows on a terminal of 80 columns.
struct Screen {
  let status: Int32?
  /// As the terminal gets it.
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

  /// Its lines, without colours.
  var lines: [String] {
    text.replacing(/\u{1b}\[[0-9]+m/, with: "").split(whereSeparator: \.isNewline).map(String.init)
  }

  /// The columns that the longest line takes; a Chinese character takes two.
  var width: Int {
    lines.map { $0.unicodeScalars.reduce(0) { $0 + ((0x4e00..<0xa000).contains($1.value) ? 2 : 1) } }.max()
      ?? 0
  }

  var hasColour: Bool { text.contains("\u{1b}[3") }

  /// Whether nothing but colours and line ends can command the terminal.
  var isInert: Bool {
    lines.allSatisfy { $0.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control } }
  }
}
