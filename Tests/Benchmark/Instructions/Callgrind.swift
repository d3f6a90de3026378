import Foundation
import TestSupport

/// valgrind's callgrind, which counts the instructions that a program executes in user mode.
enum Callgrind {
  static let isInstalled = FileManager.default.isExecutableFile(atPath: "/usr/bin/valgrind")

  /// Variables with which a program takes the same path on every processor. callgrind shows it one of a few models, which
  /// differ in AVX and in what is newer.
  static let environment = [
    // No random seed for each process.
    "SWIFT_DETERMINISTIC_HASHING": "1",
    // memcpy and its like with SSE2.
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-AVX_Fast_Unaligned_Load,-SSE4_1,-SSE4_2,-ERMS",
    // SHA-256 with SSSE3 (OPENSSL_ia32cap(3)).
    "OPENSSL_ia32cap": "~0x1000000000000000:0",
  ]

  /// Returns a shell command that runs the program `$0` under callgrind, in the same process.
  static func command(writing file: String) -> String {
    "exec /usr/bin/valgrind --quiet --tool=callgrind --vgdb=no --callgrind-out-file=\(file) \"$0\" \"$@\""
  }

  /// Returns the count in a file that callgrind wrote when its program ended.
  static func instructions(in file: String) throws -> Int {
    let text = try String(contentsOfFile: file, encoding: .utf8)
    guard let total = text.firstMatch(of: /\ntotals: (\d+)/), let count = Int(total.1) else {
      throw CocoaError(.fileReadCorruptFile)
    }
    return count
  }
}
