import ClerkSync

extension TableSuggestion {
  /// The names of passwords, which the application owns.
  private static let passwords: Set = [
    "password", "passwordhash", "passworddigest", "hashedpassword", "encryptedpassword", "passwd",
  ]

  /// Maps the column by its name; lists it as unmapped if that is impossible.
  mutating func add(_ column: DatabaseSchema.Column) {
    if column.isGenerated {
      leave(column, "generated from other columns")
    } else if column.name == table.rowIDAlias?.name {
      leave(column, "an INTEGER PRIMARY KEY, which SQLite assigns")
    } else if let time = RowTime(column: column.name) {
      add(column, time)
    } else if ["isdeleted", "deleted"].contains(column.name.compactName), !column.holdsText {
      onDelete.append(JSON5.Member(key: column.name, value: .inline(["value": .literal("1")])))
    } else if let field = ClerkField(column: column.name, of: entity), table.foreignKey(of: column) == nil {
      add(column, field)
    } else if Self.passwords.contains(column.name.compactName) {
      guard column.isRequired else { return leave(column, "the application's own") }
      add(column, value: .text(""), "a password that nobody can enter?")
    } else {
      addOther(column)
    }
  }

  /// Maps the primary e-mail address.
  mutating func addEmail(_ column: DatabaseSchema.Column) {
    columns.append(JSON5.Member(key: column.name, value: .text("email")))
    if withoutEmail != "refuse" { withoutEmail = column.isNotNull ? "refuse" : "null" }
  }

  /// Maps a role. `words` are those that Clerk has for it; nil if the application chooses them.
  mutating func addRole(_ column: DatabaseSchema.Column, from path: String, clerkWords: [String]? = nil) {
    guard column.holdsText else { return addOther(column, because: "a number, where Clerk has a text") }
    var doubt: String?
    let standard = column.defaultText
    var fallback = standard
    if !column.words.isEmpty {
      fallback =
        standard.flatMap { column.words.contains($0) ? $0 : nil } ?? Self.leastPrivileged(of: column.words)
      if fallback != standard { doubt = "is \(fallback ?? "") the least privileged role?" }
      if let clerkWords, !clerkWords.contains(where: column.words.contains) {
        doubt = "Clerk's roles are \(clerkWords.joined(separator: " and ")), which the CHECK does not allow"
      }
    } else if fallback == nil, column.isNotNull, clerkWords == nil {
      fallback = "user"
      doubt = "the least privileged role, for want of a default"
    }
    let isPlain = column.words.isEmpty && fallback == nil
    let value: JSON5 =
      isPlain
      ? .text(path)
      : .inline([
        "from": .text(path), "oneOf": column.words.isEmpty ? nil : .array(column.words.map(JSON5.text)),
        "else": fallback.map(JSON5.text),
      ])
    columns.append(JSON5.Member(key: column.name, value: value, comment: doubt.map { "check: \($0)" }))
  }

  /// Adds a column that no field of Clerk's fits: a fixed value if the application demands one.
  mutating func addOther(_ column: DatabaseSchema.Column, because reason: String? = nil) {
    let reason = reason ?? "no field of Clerk's has this name"
    guard column.isRequired else {
      return leave(column, column.defaultValue == nil ? reason : "\(reason); its default applies")
    }
    if let reference = table.foreignKey(of: column) {
      leave(
        column,
        "check: NOT NULL without a default, and references \(reference.table); add a value that exists there")
    } else if table.primaryKey.map(\.name) == [column.name], column.holdsText {
      let comment = "check: a key of the application's own, for which Clerk's id is as unique"
      insert.append(JSON5.Member(key: column.name, value: .inline(["from": .text("id")]), comment: comment))
    } else if table.isUnique(column) || table.primaryKey.map(\.name) == [column.name] {
      leave(column, "check: NOT NULL, unique and without a default, so no fixed value fits; \(reason)")
    } else if let word = column.words.first {
      add(column, value: .text(word), "NOT NULL without a default; \(reason)")
    } else {
      add(
        column, value: column.holdsText ? .text("") : .literal("0"), "NOT NULL without a default; \(reason)")
    }
  }

  /// Adds a fixed value for new rows, for the operator to check.
  private mutating func add(_ column: DatabaseSchema.Column, value: JSON5, _ doubt: String) {
    let value = JSON5.inline(["value": value])
    insert.append(JSON5.Member(key: column.name, value: value, comment: "check: \(doubt)"))
  }

  mutating func leave(_ column: DatabaseSchema.Column, _ reason: String) {
    unmapped.append((column.name, reason))
  }

  private mutating func add(_ column: DatabaseSchema.Column, _ time: RowTime) {
    let guess = TimeFormatGuess(column, of: table, sample: samples[column.name])
    let format = JSON5.text(guess.format.rawValue)
    let comment = guess.doubt.map { "check: \($0)" }
    let now = JSON5.Member(key: column.name, value: .inline(["now": format]), comment: comment)
    switch time {
    case .creation:
      let value = JSON5.inline(["from": .text("created_at"), "as": format])
      insert.append(JSON5.Member(key: column.name, value: value, comment: comment))
    case .update: columns.append(now)
    case .deletion: onDelete.append(now)
    }
  }

  private mutating func add(_ column: DatabaseSchema.Column, _ field: ClerkField) {
    if let mismatch = field.mismatch(with: column) { return addOther(column, because: mismatch) }
    var (format, otherwise, doubt): (String?, JSON5?, String?)
    switch field.kind {
    case .text, .number:
      if column.isNotNull {
        otherwise = field.kind == .text ? .text(column.defaultText ?? "") : .literal("0")
        if table.isUnique(column) {
          otherwise = nil
          doubt = "NOT NULL and unique: without one the event fails"
        }
      }
    case .flag: otherwise = column.isNotNull ? .literal("false") : nil
    case .json: otherwise = column.isNotNull && field.path != "object" ? .text("{}") : nil
    case .time:
      let guess = TimeFormatGuess(column, of: table, sample: samples[column.name])
      (format, doubt) = (guess.format.rawValue, guess.doubt)
      if column.isNotNull { doubt = "NOT NULL, but Clerk does not always have it: add an else" }
    }
    let value: JSON5 =
      format == nil && otherwise == nil
      ? .text(field.path)
      : .inline(["from": .text(field.path), "as": format.map(JSON5.text), "else": otherwise])
    columns.append(JSON5.Member(key: column.name, value: value, comment: doubt.map { "check: \($0)" }))
  }

  /// Returns the word that most likely stands for the fewest rights: a usual one, or the last.
  private static func leastPrivileged(of words: [String]) -> String? {
    let usual = ["guest", "viewer", "reader", "basic", "customer", "client", "member", "user"]
    return usual.lazy.compactMap { role in words.first { $0.lowercased().hasSuffix(role) } }.first
      ?? words.last
  }
}

extension ClerkField {
  /// Returns why the column cannot hold the field; nil if it can.
  fileprivate func mismatch(with column: DatabaseSchema.Column) -> String? {
    let isTime = ["DATE", "TIME"].contains { column.type.contains($0) }
    switch kind {
    case .text where column.type.contains("INT") || column.type.contains("BLOB"):
      return "\(column.type), where Clerk has a text"
    case .flag where isTime: return "a time, where Clerk has true or false"
    case .json where column.type.contains("INT") || isTime: return "\(column.type), where Clerk has an object"
    default: return nil
    }
  }
}

extension DatabaseSchema.Column {
  /// Whether a row cannot be inserted without a value.
  var isRequired: Bool { isNotNull && defaultValue == nil }

  /// The default if it is a text.
  fileprivate var defaultText: String? {
    guard let defaultValue, defaultValue.count > 1, let quote = defaultValue.first, "'\"".contains(quote),
      defaultValue.last == quote
    else { return nil }
    let inside = defaultValue.dropFirst().dropLast()
    return inside.split(separator: "\(quote)\(quote)", omittingEmptySubsequences: false).joined(
      separator: "\(quote)")
  }
}
