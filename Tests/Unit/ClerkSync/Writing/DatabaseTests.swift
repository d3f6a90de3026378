import TestSupport
import Testing

@testable import ClerkSync

@Suite struct DatabaseTests {
  @Test func `Every connection uses synchronous = EXTRA and enforces foreign keys`() throws {
    let folder = try TemporaryFolder()
    for _ in ["new", "existing"] {
      let connection = try Database(path: folder.file("app.db"), mapping: .builtIn).open()
      #expect(try connection.column("PRAGMA synchronous") == ["3"])
      #expect(try connection.column("PRAGMA foreign_keys") == ["1"])
    }
  }
}
