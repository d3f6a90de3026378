import SQLite

/// An object at Clerk as the values of its table's columns.
public struct Record: Equatable, Sendable {
  /// A value to be bound.
  enum Cell: Equatable, Sendable {
    case value(Value)
    /// The time of the write.
    case now(TimeFormat)
  }

  public let entity: Entity
  /// Clerk's id.
  public let id: String
  /// What identifies the object in ``VersionTable``.
  let versionKey: VersionKey
  /// The ids of the objects without which this one cannot exist.
  let parents: [String]
  /// In the order of the statements' parameters; see ``TableStatements``.
  let cells: [Cell]
  /// The primary e-mail address to be stored. Must not be logged.
  package let address: String?
  /// What had to be replaced, for the log. It names paths and settings, never a value of the object.
  package let warnings: [String]

  /// Returns the values to bind at `now`, in milliseconds since 1970.
  func values(at now: Int64) -> [Value] {
    cells.map { cell in
      switch cell {
      case .value(let value): value
      case .now(let format): format.value(now)
      }
    }
  }
}

extension TableMapping {
  /// Returns the record of a created or updated object. Throws ``EventError/noPrimaryEmail(type:userID:version:isExample:)``
  /// if its address is missing and required. `type` and `version` appear in that error.
  func record(_ id: String, _ values: [Field], type: String, version: Int64) throws(EventError) -> Record {
    try record(id, values) { (address: Field) throws(EventError) in
      guard let value = missingAddress.value(for: id) else {
        throw .noPrimaryEmail(type: type, userID: id, version: version, isExample: address == .unusable)
      }
      return value
    }
  }

  /// Returns the record of a user whom the application describes. Every role is permitted.
  func record(_ user: User) -> Record {
    record(user.id, fields.values(of: user), permitsAllTexts: true) { _ in .text(user.email) }
  }

  private func record<Failure>(
    _ id: String, _ values: [Field], permitsAllTexts: Bool = false,
    missingAddress: (Field) throws(Failure) -> Value
  ) throws(Failure) -> Record {
    var (cells, flags, warnings): ([Record.Cell], [Record.Cell], [String]) = ([], [], [])
    var address: String?
    for rule in key { cells.append(rule.cell(values, id: id)) }
    for rule in columns {
      var cell = rule.cell(values, id: id, permitsAllTexts: permitsAllTexts)
      if rule.isAddress {
        if cell == .value(.null), let field = rule.field { cell = .value(try missingAddress(values[field])) }
        if case .value(.text(let text)) = cell { address = text }
      }
      cells.append(cell)
      if let warning = rule.warning(values, choices: choices) { warnings.append(warning) }
      if let conversion = rule.conversion, let field = rule.field, conversion.keepsWhenAbsent {
        flags.append(.value(.integer(values[field] == .absent ? 1 : 0)))
      }
    }
    cells += flags + (match + insertion).map { $0.cell(values, id: id) }
    return Record(
      entity: entity, id: id, versionKey: versionKey(of: id, values), parents: parents(in: values),
      cells: cells,
      address: address, warnings: warnings)
  }

  /// Returns the record with another value in the column for the address.
  func replacingAddress(of record: Record, with value: Value) -> Record {
    var cells = record.cells
    if let index = columns.firstIndex(where: \.isAddress) { cells[key.count + index] = .value(value) }
    return Record(
      entity: entity, id: record.id, versionKey: record.versionKey, parents: record.parents, cells: cells,
      address: nil, warnings: record.warnings)
  }

  /// Returns the record of a deleted object, which holds only its key and what the deletion sets.
  func deletedRecord(_ id: String, _ values: [Field]) -> Record {
    Record(
      entity: entity, id: id, versionKey: versionKey(of: id, values), parents: parents(in: values),
      cells: (key + deletionRules).map { $0.cell(values, id: id) }, address: nil, warnings: [])
  }

  /// Returns the record of a deleted object of which only the key is known: Clerk's id or, if the table is
  /// ``keyedByPair``, the ids of the organization and the user, separated by a slash.
  func deletedRecord(_ key: String) -> Record {
    let ids = keyedByPair ? key.split(separator: "/").map(String.init) : [key]
    let paths = keyedByPair ? parents.map(\.path) : ["id"]
    let known = Dictionary(zip(paths, ids), uniquingKeysWith: { first, _ in first })
    return deletedRecord(key, fields.values { known[$0].map { .value(.text($0)) } ?? .absent })
  }

  private func versionKey(of id: String, _ values: [Field]) -> VersionKey {
    keyedByPair ? .pair(parents(in: values).joined(separator: "/"), id: id) : .id(id)
  }

  private func parents(in values: [Field]) -> [String] {
    parents.compactMap { parent in
      if case .value(.text(let id)) = values[parent.field] { id } else { nil }
    }
  }
}

extension ColumnRule {
  fileprivate func cell(_ values: [Field], id: String, permitsAllTexts: Bool = false) -> Record.Cell {
    switch content {
    case .now(let format): .now(format)
    case .value(let value): .value(value.naming(id))
    case .field(let index, let conversion):
      .value(conversion.value(of: values[index], id: id, permitsAllTexts: permitsAllTexts))
    }
  }

  /// Returns what to log if a text is none of the permitted ones.
  fileprivate func warning(_ values: [Field], choices name: String) -> String? {
    guard case .field(let index, let conversion) = content, let choices = conversion.choices else {
      return nil
    }
    switch values[index] {
    case .absent, .null: return nil
    case .value(.text(let text)) where choices.contains(text): return nil
    case .value, .unusable: break
    }
    let stored: String =
      switch conversion.fallback {
      case .text(let text)?: text
      case .integer(let number)?: "\(number)"
      case .real(let number)?: "\(number)"
      case .null?, nil: "NULL"
      }
    return "\(path) is none of \(name); stored as \(stored)"
  }
}

extension ColumnRule.Conversion {
  fileprivate func value(of field: Field, id: String, permitsAllTexts: Bool) -> Value {
    let fallback = fallback?.naming(id) ?? .null
    guard case .value(let value) = field else { return fallback }
    if let choices, !permitsAllTexts {
      guard case .text(let text) = value, choices.contains(text) else { return fallback }
    }
    guard let time else { return value }
    guard case .integer(let number) = value else { return fallback }
    return time.value(Event.milliseconds(number))
  }
}

extension Value {
  /// The value with `{id}` replaced in a text.
  func naming(_ id: String) -> Value {
    guard case .text(let text) = self, text.utf8.contains(UInt8(ascii: "{")) else { return self }
    return .text(text.replacing("{id}", with: id))
  }
}
