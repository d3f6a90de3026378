import Foundation
import TestSupport
import Testing

@testable import ClerkSync

/// The mapping files in conf/ beside the schemas that they are for.
@Suite struct ExampleMappingTests {
  private static let examples = [
    "drizzle", "laravel", "one-name", "organizations", "prisma", "rails", "soft-deletion",
  ]

  private let database: TestDatabase

  init() throws {
    database = try TestDatabase()
  }

  @Test func `Every example has a test`() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Project.file("conf/tables"))
    #expect(files.sorted() == Self.examples.map { "\($0).json5" })
  }

  @Test(arguments: examples)
  func `An example names tables and columns of its schema, and no column twice`(name: String) throws {
    try ApplicationSchema.create(name, at: database.path)
    try expectNamesToExist(in: JSON5Value(json5: ConfigurationFile("tables/\(name).json5").text))
  }

  @Test(arguments: examples)
  func `An example writes every column that a row must have`(name: String) throws {
    try ApplicationSchema.create(name, at: database.path)
    let mapping = try JSON5Value(json5: ConfigurationFile("tables/\(name).json5").text)
    let schema = try database.store.schema()
    for entity in mapping.keys {
      let written = ["key", "columns", "insert"].flatMap { mapping[entity]?[$0]?.keys ?? [] }
      let table = try #require(schema.table(mapping[entity]?["table"]?.string ?? ""))
      let required = table.columns.filter {
        $0.isNotNull && $0.defaultValue == nil && $0.name != table.rowIDAlias?.name
      }
      #expect(Set(required.map(\.name)).subtracting(written) == [], "\(entity)")
    }
  }

  @Test func `The built-in mapping names the columns of the built-in table`() throws {
    try database.store.prepare()
    let mapping = try JSON5Value(json5: ConfigurationFile("tables.json5").text)
    try expectNamesToExist(in: mapping)
    let written = ["key", "columns", "insert"].flatMap { mapping["user"]?[$0]?.keys ?? [] }
    #expect(written.sorted() == Mapping.builtInColumns.split(separator: ", ").map(String.init).sorted())
  }

  private func expectNamesToExist(in mapping: JSON5Value) throws {
    let schema = try database.store.schema()
    #expect(!mapping.keys.isEmpty)
    for entity in mapping.keys {
      let table = try #require(schema.table(mapping[entity]?["table"]?.string ?? ""))
      let parts = [
        mapping[entity]?["key"], mapping[entity]?["columns"], mapping[entity]?["insert"],
      ].compactMap(\.self)
      let names = parts.flatMap(\.keys)
      #expect(Set(names).count == names.count, "\(entity)")
      let others = [mapping[entity]?["match"], mapping[entity]?["onDelete"]?["set"]].compactMap(\.self)
      for name in names + others.flatMap(\.keys) {
        #expect(table.columns.contains { $0.name == name }, "\(entity).\(name)")
      }
      let key = try #require(mapping[entity]?["key"]?.keys.first.flatMap(table.column))
      #expect(table.isUnique(key), "\(entity)")
      for lookup in parts.flatMap({ part in part.keys.compactMap { part[$0]?["lookup"] } }) {
        let target = try #require(schema.table(lookup["table"]?.string ?? ""))
        for name in (lookup["where"]?.keys ?? []) + [lookup["take"]?.string ?? ""] {
          #expect(target.column(name) != nil, "\(entity): \(lookup)")
        }
      }
    }
  }
}
