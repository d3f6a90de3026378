import SQLite

@testable import ClerkSync

/// The statements of a mapping are valid SQL, whatever its names. An error names its place in one line.
func checkMapping(_ input: [UInt8]) throws {
  guard let text = String(validating: input, as: UTF8.self) else { return }
  let mapping: Mapping
  do throws(MappingError) {
    mapping = try Mapping(json5: text)
  } catch {
    try requireLine("\(error)", longest: 2000)
    return try require("\(error)".contains("expected"), "an error without an expectation: \(error)")
  }
  _ = mapping.columns
  for table in mapping.all {
    let statements = table.statements
    for sql in [statements.insertion, statements.update, statements.deletion, statements.comparison] {
      try requireSyntax(of: sql)
    }
    for sql in [statements.adoption, statements.lacksKey, statements.owner, statements.release] {
      if let sql { try requireSyntax(of: sql) }
    }
    for cascade in statements.cascades.values {
      for sql in [cascade.deletion, cascade.versions, cascade.owners] { try requireSyntax(of: sql) }
    }
  }
}

/// SQLite checks the syntax of a statement before it looks for the tables, of which there are none here.
private func requireSyntax(of sql: SQL) throws {
  let connection = try Connection(path: ":memory:", mode: .createIfMissing)
  do throws(SQLiteError) {
    _ = try connection.prepare(sql)
  } catch {
    try require(error.message.hasPrefix("no such table: "), "\(error) in \(sql)")
  }
}
