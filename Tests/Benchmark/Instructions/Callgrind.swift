import Foundation
import TestSupport

/// valgrind's callgrind, which counts the instructions that a program executes in user mode.
enum Callgrind {
  static let isInstalled = FileManager.default.isExecutableFile(atPath: "/usr/bin/valgrind")

  /// Variables that make a program take the same path on every machine.
  static let environment = [
    // Without a random seed for each process.
    "SWIFT_DETERMINISTIC_HASHING": "1",
    // The variants of memcpy and its like that every x86-64 processor has, whatever its caches.
    "GLIBC_TUNABLES": [
      "glibc.cpu.hwcaps=-AVX,-AVX2,-AVX512F,-AVX512VL,-BMI2,-ERMS,-FSRM", "glibc.cpu.x86_data_cache_size=32768",
      "glibc.cpu.x86_shared_cache_size=1048576", "glibc.cpu.x86_non_temporal_threshold=786432",
    ].joined(separator: ":"),
    // SHA-256 with SSSE3, without AVX and what came after it (OPENSSL_ia32cap(3)).
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
