import TestSupport
import Testing

@testable import SQLite

@Suite struct LibraryTests {
  @Test(
    arguments: [
      (3_007_000, false), (3_037_000, false), (3_040_001, false), (3_044_005, false), (3_044_006, true),
      (3_044_099, true), (3_045_000, false), (3_046_001, false), (3_050_006, false), (3_050_007, true),
      (3_050_099, true), (3_051_000, false), (3_051_002, false), (3_051_003, true), (3_052_000, true),
      (4_000_000, true),
    ] as [(Int32, Bool)])
  func `A library is safe with the WAL from the fix onwards, in each release line that has it`(
    version: Int32, isSafe: Bool
  ) {
    #expect(Library.hasWALResetFix(version: version) == isSafe)
  }

  @Test func `The linked library is judged by its own version`() throws {
    let connection = try Connection(path: ":memory:", mode: .createIfMissing)
    let texts = try connection.column("SELECT sqlite_version()").compactMap(\.self)
    let parts = texts.joined().split(separator: ".").compactMap { Int32($0) }
    #expect(parts.count == 3)
    let version = parts[0] * 1_000_000 + parts[1] * 1000 + parts[2]
    #expect(Library.hasWALResetFix == Library.hasWALResetFix(version: version))
  }
}
