import Foundation
import Synchronization
import TestSupport

/// The file with the accepted counts.
struct Thresholds: Codable {
  /// What the counts depend on beside the sources, such as `SQLite 3.40`.
  var versions: [String]
  /// By ``Measure``.
  var instructions: [String: Int]

  static let path = Project.file("Tests/Benchmark/Instructions/thresholds.json")

  static func read() throws -> Thresholds {
    try JSONDecoder().decode(Thresholds.self, from: Data(contentsOf: URL(filePath: path)))
  }

  private static let file = Mutex(())

  /// Writes one count. Those that were made with other versions are removed.
  static func write(_ count: Int, of measure: Measure) throws {
    try file.withLock { _ in
      var thresholds = (try? read()) ?? Thresholds(versions: [], instructions: [:])
      if thresholds.versions != versionsHere {
        thresholds = Thresholds(versions: versionsHere, instructions: [:])
      }
      thresholds.instructions[measure.rawValue] = count
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      try (encoder.encode(thresholds) + Data("\n".utf8)).write(to: URL(filePath: path), options: .atomic)
    }
  }

  /// The versions on this machine: the first two numbers, since a patch changes little.
  static let versionsHere: [String] = [
    output("uname -m").trimmingCharacters(in: .newlines),
    "SQLite \(version(from: "pkg-config --modversion sqlite3"))",
    "OpenSSL \(version(from: "pkg-config --modversion libcrypto"))",
    "glibc \(version(from: "getconf GNU_LIBC_VERSION"))",
    "Swift \(version(from: "swift --version"))",
    "valgrind \(version(from: "valgrind --version"))",
  ]

  private static func version(from command: String) -> String {
    output(command).firstMatch(of: /\d+\.\d+/).map { String($0.0) } ?? "unknown"
  }

  private static func output(_ command: String) -> String {
    guard let folder = try? TemporaryFolder(),
      let process = try? ChildProcess(
        "/bin/sh", ["-c", command], environment: ProcessInfo.processInfo.environment,
        output: folder.file("output"))
    else { return "" }
    _ = process.exitStatus()
    return process.log
  }
}
