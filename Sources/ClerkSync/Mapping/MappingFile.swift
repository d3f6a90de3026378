import FoundationEssentials
import SQLite

extension Mapping {
  /// Reads a mapping file (json5.org).
  package convenience init(json5 text: String, healsOnSession: Bool = false) throws(MappingError) {
    let file = try JSONTree(json5: text)
    let root = Place(path: [], value: file)
    var tables: [Entity: TableMapping] = [:]
    for (name, place) in try root.members(of: Entity.allCases.map(\.rawValue)) {
      guard let entity = Entity(rawValue: name) else { continue }
      var reader = TableReader(entity)
      tables[entity] = try reader.table(place)
    }
    self.init(tables, healsOnSession: healsOnSession)
  }
}

/// A value in a mapping file, and where it is.
private struct Place {
  let path: [String]
  let value: JSONTree

  func expected(_ expectation: String) -> MappingError {
    MappingError(place: path.map(\.printable).joined(separator: "."), expected: expectation)
  }

  /// Returns the members of an object in the order of their names. Each must be one of `names`. `expectation` describes the
  /// whole where a list of these would not.
  func members(
    of names: [String], or expectation: String? = nil
  ) throws(MappingError) -> [(name: String, place: Place)] {
    let members = try members(expectation ?? "an object with \(names.joined(separator: ", "))")
    for (name, place) in members where !names.contains(name) {
      throw place.expected("one of \(names.joined(separator: ", ")) in place of this name")
    }
    return members
  }

  /// Returns the members of an object in the order of their names.
  func members(
    _ expectation: @autoclosure () -> String
  ) throws(MappingError) -> [(name: String, place: Place)] {
    guard case .object(let members) = value else { throw expected(expectation()) }
    return members.sorted { $0.key < $1.key }.map { ($0.key, Place(path: path + [$0.key], value: $0.value)) }
  }

  func text(_ expectation: @autoclosure () -> String) throws(MappingError) -> String {
    guard case .text(let text) = value else { throw expected(expectation()) }
    return text
  }

  func identifier(_ expectation: @autoclosure () -> String) throws(MappingError) -> Identifier {
    guard let identifier = Identifier(try text(expectation())) else { throw expected(expectation()) }
    return identifier
  }

  /// Returns one of the given words.
  func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ type: Choice.Type
  ) throws(MappingError) -> Choice {
    guard case .text(let word) = value, let choice = Choice(rawValue: word) else {
      let words = Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
      throw expected("one of \(words)")
    }
    return choice
  }

  /// Returns a text, a number, a truth value or null, as SQLite stores it.
  func scalar() throws(MappingError) -> Value {
    switch value {
    case .null: .null
    case .truth(let truth): .integer(truth ? 1 : 0)
    case .integer(let number): .integer(number)
    case .real(let number): .real(number)
    case .text(let text): .text(text)
    case .array, .object: throw expected("a text, a number, true, false or null")
    }
  }
}

/// Reads one entity of a mapping file.
private struct TableReader {
  private let entity: Entity
  private var fields = FieldTree()

  init(_ entity: Entity) {
    self.entity = entity
  }

  mutating func table(_ place: Place) throws(MappingError) -> TableMapping {
    var names = ["table", "key", "columns", "insert", "match", "onDelete"]
    if entity == .user { names.append("withoutEmail") }
    let members = Dictionary(uniqueKeysWithValues: try place.members(of: names).map { ($0.name, $0.place) })
    guard let table = try members["table"]?.identifier("the name of a table") else {
      throw place.expected("a member table, the name of a table")
    }
    guard let keyPlace = members["key"] else {
      throw place.expected(#"a member key, such as { clerk_id: "id" }"#)
    }
    let key = try key(keyPlace)
    let columns = try members["columns"].map { (place) throws(MappingError) in try rules(place) } ?? []
    let insertion = try members["insert"].map { (place) throws(MappingError) in try rules(place) } ?? []
    let match =
      try members["match"].map { (place) throws(MappingError) in try rules(place, onlyPaths: true) } ?? []
    try requireDistinct([(keyPlace, key), (members["columns"], columns), (members["insert"], insertion)])
    let parents = entity.parents.map { path, entity in
      TableMapping.Parent(
        entity: entity, path: path, field: fields.insert(path.split(separator: ".").map(String.init)))
    }
    return TableMapping(
      entity, table: table, key: key, columns: columns, insertion: insertion, match: match,
      missingAddress: try members["withoutEmail"].map { (place) throws(MappingError) in
        try missingAddress(place)
      } ?? .refuse,
      deletion: try members["onDelete"].map { (place) throws(MappingError) in try deletion(place) }
        ?? .delete,
      parents: parents, choices: "the texts in oneOf", fields: fields)
  }

  /// Returns the rules of the key, the one for Clerk's id first. A membership is also identified by its organization and
  /// its user.
  private mutating func key(_ place: Place) throws(MappingError) -> [ColumnRule] {
    let pair = entity == .organizationMembership ? entity.parents.map(\.path) : []
    var (ids, ends, others): ([ColumnRule], [ColumnRule], [ColumnRule]) = ([], [], [])
    for (name, member) in try place.members(#"an object such as { clerk_id: "id" }"#) {
      let rule = try rule(name, member, isKey: true)
      if let conversion = rule.conversion, !conversion.isPlain {
        throw member.expected("no else, oneOf, as or absent in a key, which never changes")
      }
      if rule.path == "id", rule.conversion?.lookup == nil {
        ids.append(rule)
      } else if pair.contains(rule.path) {
        ends.append(rule)
      } else if case .value = rule.content {
        others.append(rule)
      } else {
        let paths = (["id"] + pair).map { "\"\($0)\"" }.joined(separator: ", ")
        throw member.expected("\(paths)\(pair.isEmpty ? ", Clerk's id," : "") or { value: … }")
      }
    }
    guard ids.count == 1 || (ids.isEmpty && ends.map(\.path).sorted() == pair && !pair.isEmpty) else {
      let form = #"one column that holds Clerk's id, such as { clerk_id: "id" }"#
      throw place.expected(
        pair.isEmpty ? form : "\(form), or a column for each of \(pair.joined(separator: " and "))")
    }
    return ids + ends + others
  }

  /// Throws if two of the lists have the same column. SQLite ignores the case of names.
  private func requireDistinct(_ lists: [(place: Place?, rules: [ColumnRule])]) throws(MappingError) {
    var seen: Set<String> = []
    for (place, rules) in lists {
      for rule in rules where !seen.insert(rule.column.name.lowercased()).inserted {
        let place = Place(path: (place?.path ?? []) + [rule.column.name], value: .null)
        throw place.expected("a column that occurs only once in key, columns and insert")
      }
    }
  }

  private mutating func rules(_ place: Place, onlyPaths: Bool = false) throws(MappingError) -> [ColumnRule] {
    var rules: [ColumnRule] = []
    for (name, member) in try place.members(#"an object of columns, such as { email: "email" }"#) {
      let rule = try rule(name, member)
      if onlyPaths, rule.field == nil || rule.conversion?.lookup != nil {
        throw member.expected(#"the path of a field, such as "email""#)
      }
      rules.append(rule)
    }
    return rules
  }

  private mutating func rule(
    _ name: String, _ place: Place, isKey: Bool = false
  ) throws(MappingError) -> ColumnRule {
    guard let column = Identifier(name) else { throw place.expected("the name of a column without a NUL") }
    if case .text = place.value { return try field(place, column, .init(), isKey: isKey) }
    let names = ["from", "now", "value", "lookup", "else", "oneOf", "as", "absent"]
    let members = Dictionary(
      uniqueKeysWithValues: try place.members(
        of: names, or: #"a path such as "email", or an object with from, now, value or lookup"#
      ).map { ($0.name, $0.place) })
    let sources = ["from", "now", "value", "lookup"].filter { members[$0] != nil }
    guard sources.count == 1 else { throw place.expected("exactly one of from, now, value, lookup") }
    if sources != ["from"] {
      let allowed = sources == ["lookup"] ? ["lookup", "else"] : sources
      for (name, member) in members where !allowed.contains(name) {
        throw member.expected("no \(name) beside \(sources[0])")
      }
    }
    if let now = members["now"] { return ColumnRule(column, .now(try now.choice(TimeFormat.self))) }
    if let value = members["value"] { return ColumnRule(column, .value(try value.scalar())) }

    var conversion = ColumnRule.Conversion()
    conversion.fallback = try members["else"]?.scalar()
    if let time = members["as"] { conversion.time = try time.choice(TimeFormat.self) }
    if let list = members["oneOf"] { conversion.choices = try texts(list) }
    if let absent = members["absent"] {
      guard absent.value == .text("keep") else { throw absent.expected(#""keep""#) }
      guard conversion.fallback == nil else { throw absent.expected("no absent beside else") }
      conversion.keepsWhenAbsent = true
    }
    if let lookup = members["lookup"] { return try self.lookup(lookup, column, conversion, isKey: isKey) }
    return try field(members["from"] ?? place, column, conversion, isKey: isKey)
  }

  /// Reads the path of a field. Users themselves can write the unsafe metadata, so it never decides about a role.
  private mutating func field(
    _ place: Place, _ column: Identifier, _ conversion: ColumnRule.Conversion, isKey: Bool
  ) throws(MappingError) -> ColumnRule {
    let path = try place.text(#"the path of a field, such as "public_metadata.role""#)
    let words = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard !words.contains("") else { throw place.expected("names with a dot between each two") }
    if words[0] == "unsafe_metadata", column.name.lowercased() == "role" || conversion.choices != nil {
      throw place.expected("a path outside unsafe_metadata, which users themselves can write")
    }
    if words[0] == "url", entity != .user { throw place.expected("a path other than url, which is a secret") }
    guard words.count == 1, let computed = FieldTree.Computed(rawValue: path),
      entity == .user || computed == .object
    else {
      return ColumnRule(column, path: path, .field(fields.insert(words, isText: isKey), conversion))
    }
    return ColumnRule(
      column, path: path, isAddress: computed == .email && conversion.lookup == nil,
      .field(fields.insert(computed), conversion))
  }

  /// Reads `{ table, where: { column: path }, take }`.
  private mutating func lookup(
    _ place: Place, _ column: Identifier, _ conversion: ColumnRule.Conversion, isKey: Bool
  ) throws(MappingError) -> ColumnRule {
    let form = #"an object such as { table: "users", where: { clerk_id: "id" }, take: "id" }"#
    let members = Dictionary(
      uniqueKeysWithValues: try place.members(of: ["table", "where", "take"], or: form).map {
        ($0.name, $0.place)
      })
    guard let table = try members["table"]?.identifier("the name of a table"),
      let taken = try members["take"]?.identifier("the name of a column"),
      let conditions = try members["where"]?.members(#"an object such as { clerk_id: "id" }"#)
    else { throw place.expected(form) }
    guard conditions.count == 1, let (name, path) = conditions.first, let found = Identifier(name) else {
      throw place.expected("one column in where")
    }
    var conversion = conversion
    conversion.lookup = ColumnRule.Lookup(table: table, column: found, taken: taken)
    return try field(path, column, conversion, isKey: isKey)
  }

  private func texts(_ place: Place) throws(MappingError) -> [String] {
    guard case .array(let elements) = place.value, !elements.isEmpty else {
      throw place.expected("a list of texts")
    }
    var texts: [String] = []
    for element in elements {
      guard case .text(let text) = element else { throw place.expected("a list of texts") }
      texts.append(text)
    }
    return texts
  }

  private func missingAddress(_ place: Place) throws(MappingError) -> TableMapping.MissingAddress {
    switch try place.text(#""refuse", "null" or a text with {id}"#) {
    case "refuse": return .refuse
    case "null": return .null
    case let text where text.contains("{id}"): return .placeholder(text)
    default: throw place.expected(#""refuse", "null" or a text with {id}, such as "{id}@no-email.invalid""#)
    }
  }

  /// Reads `"delete"` or `{ set: { … } }`. The set columns cannot depend on the object, which is gone.
  private mutating func deletion(_ place: Place) throws(MappingError) -> TableMapping.Deletion {
    if place.value == .text("delete") { return .delete }
    guard let set = try place.members(of: ["set"], or: #""delete" or { set: { … } }"#).first?.place else {
      throw place.expected("a member set")
    }
    var rules: [ColumnRule] = []
    for (name, member) in try set.members("an object of columns") {
      let rule = try rule(name, member)
      guard rule.field == nil else { throw member.expected("{ now: … } or { value: … }") }
      rules.append(rule)
    }
    guard !rules.isEmpty else { throw set.expected("at least one column") }
    return .set(rules)
  }
}

extension String {
  /// The text without control characters, and not too long for a line.
  var printable: String {
    let text = String(
      String.UnicodeScalarView(unicodeScalars.filter { $0.properties.generalCategory != .control }))
    return text.count <= 64 ? text : "\(text.prefix(64))…"
  }
}
