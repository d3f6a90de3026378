import SQLite
import TestSupport
import Testing

@Suite struct StatementTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  @Test(arguments: [
    "", " ", "a", "Ada Lovelace", "a\u{0}b", "\u{0}", "Zoë", "👩🏽‍🚀", "𝒜", "日本語", "e\u{301}", "\u{FEFF}a", "\r\n",
    "'; DROP TABLE t; --", "?1", String(repeating: "ü", count: 100_000),
  ])
  func `A bound text is read back unchanged`(text: String) throws {
    let connection = try Connection.open(folder.file("app.db"))
    var statement = try connection.prepare("SELECT ?1, typeof(?1), length(CAST(?1 AS BLOB))")
    try statement.bind(text, at: 1)
    let hasRow = try statement.step()
    let (value, type, length) = (statement.text(at: 0), statement.text(at: 1), statement.integer(at: 2))
    #expect(hasRow)
    #expect(value.map { Array($0.utf8) } == Array(text.utf8))
    #expect(type == "text")
    #expect(length == Int64(text.utf8.count))
  }

  @Test func `A bound text is stored unchanged`() throws {
    let connection = try Connection.open(folder.file("app.db"))
    try connection.run("CREATE TABLE t (a TEXT)")
    var insertion = try connection.prepare("INSERT INTO t VALUES (?1)")
    try insertion.bind("a\u{0}👩🏽‍🚀", at: 1)
    while try insertion.step() {}
    let stored = try connection.column("SELECT hex(a) FROM t")
    #expect(stored == ["6100F09F91A9F09F8FBDE2808DF09F9A80"])
  }

  @Test(arguments: [0, 1, -1, 1_654_012_591_835, Int64.min, Int64.max])
  func `A bound integer is read back unchanged`(integer: Int64) throws {
    let connection = try Connection.open(folder.file("app.db"))
    var statement = try connection.prepare("SELECT ?1, typeof(?1)")
    try statement.bind(integer, at: 1)
    _ = try statement.step()
    let (value, type) = (statement.integer(at: 0), statement.text(at: 1))
    #expect(value == integer)
    #expect(type == "integer")
  }

  @Test func `NULL is neither a text nor an integer`() throws {
    let connection = try Connection.open(folder.file("app.db"))
    var statement = try connection.prepare("SELECT NULL")
    _ = try statement.step()
    let (text, integer) = (statement.text(at: 0), statement.integer(at: 0))
    #expect(text == nil)
    #expect(integer == nil)
  }

  @Test func `Stepping visits every row`() throws {
    let connection = try Connection.open(folder.file("app.db"))
    let (all, none) = (
      try connection.column("VALUES ('a'), (NULL), ('c')"), try connection.column("SELECT 1 WHERE 0")
    )
    #expect(all == ["a", nil, "c"])
    #expect(none == [])
  }

  @Test func `Binding a missing parameter is an error`() throws {
    let connection = try Connection.open(folder.file("app.db"))
    var statement = try connection.prepare("SELECT ?1")
    for index in [0, 2, -1] as [Int32] {
      #expect(throws: SQLiteError.self) { try statement.bind("a", at: index) }
      #expect(throws: SQLiteError.self) { try statement.bind(1, at: index) }
    }
  }

  @Test func `Values are bound in order, each with its type`() throws {
    let connection = try Connection.open(folder.file("app.db"))
    let missing: String? = nil
    let types = try connection.first(
      "SELECT typeof(?1), typeof(?2), typeof(?3), typeof(?4), typeof(?5), hex(?6)", "a", 1,
      Optional(Int64.max), missing, [] as [UInt8], [0, 255] as [UInt8]
    ) { row in (0..<6).map { row.text(at: $0) } }
    #expect(types == ["text", "integer", "integer", "null", "blob", "00FF"])
  }

  @Test func `Rows are read one by one, in order`() throws {
    let connection = try Connection.open(folder.file("app.db"))
    try connection.run("CREATE TABLE t (a INTEGER, b TEXT)")
    for (number, text) in [(1, "one"), (2, nil), (3, "three")] as [(Int, String?)] {
      try connection.run("INSERT INTO t VALUES (?1, ?2)", number, text)
    }
    let all = try connection.all("SELECT b FROM t WHERE a > ?1 ORDER BY a", 1) { $0.text(at: 0) }
    #expect(all == [nil, "three"])
    #expect(try connection.first("SELECT a FROM t WHERE b = ?1", "one") { $0.integer(at: 0) } == 1)
    #expect(try connection.first("SELECT a FROM t WHERE a = ?1", 4) { $0.integer(at: 0) } == nil)
    #expect(try connection.integer("SELECT max(a) FROM t WHERE a < ?1", 3) == 2)
    #expect(try connection.integer("SELECT max(a) FROM t WHERE a < ?1", 1) == nil)
  }

  @Test func `More values than parameters are refused`() throws {
    let connection = try Connection.open(folder.file("app.db"))
    #expect(throws: SQLiteError.self) { try connection.run("SELECT ?1", 1, 2) }
    // The statement is ready for its next use.
    #expect(throws: Never.self) { try connection.run("SELECT ?1", 1) }
  }
}
