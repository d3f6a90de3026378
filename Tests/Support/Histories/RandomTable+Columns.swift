import Foundation

extension RandomTable {
  typealias Choice = (
    type: String, rule: String, isInserted: Bool, literal: @Sendable (ClerkProfile) throws -> String
  )

  /// Returns some of the possible columns.
  static func choices(isStrict: Bool, now: Int?, using random: inout SplitMix64) -> [Choice] {
    let any = isStrict ? "ANY" : ""
    func type(_ format: String) -> String { ["ms", "s"].contains(format) ? "INTEGER" : "TEXT" }
    var formats = ["ms", "s", "iso", "datetime"].shuffled(using: &random)
    let (made, seen, written) = (formats.removeLast(), formats.removeLast(), formats.removeLast())
    let all: [Choice] = [
      ("TEXT", "'first_name'", false, { quoted($0.user.firstName) }),
      ("TEXT NOT NULL", "{ from: 'last_name', else: '' }", false, { quoted($0.user.lastName) }),
      (
        "TEXT NOT NULL", "{ from: 'name', else: '' }", false,
        { quoted([$0.user.firstName, $0.user.lastName].filter { !$0.isEmpty }.joined(separator: " ")) }
      ),
      ("TEXT", "'phone'", false, { quoted($0.phone) }),
      ("INTEGER", "'email_verified'", false, { $0.user.email.isEmpty ? "NULL" : $0.isVerified ? "1" : "0" }),
      ("INTEGER NOT NULL", "{ from: 'banned', else: false }", false, { $0.isBanned ? "1" : "0" }),
      (
        "TEXT", "{ from: 'username', absent: 'keep' }", false,
        { $0.hasUsername ? quoted($0.username) : "NULL" }
      ),
      (
        "TEXT NOT NULL",
        "{ from: 'public_metadata.role', oneOf: ['admin', 'trainer', 'client'], else: 'client' }", false,
        { quoted($0.role == "\"\($0.user.role)\"" ? $0.user.role : "client") }
      ),
      (any, "'public_metadata.plan'", false, { try literal(of: $0.plan) }),
      (
        any, "{ from: 'public_metadata.limits.seats', else: -1 }", false,
        { profile in
          let digits = profile.limits?.filter(\.isNumber) ?? ""
          return profile.limits?.contains("seats") == true && !digits.isEmpty ? digits : "-1"
        }
      ),
      ("TEXT", "'object'", false, { quoted(try $0.object) }),
      (
        type(seen), "{ from: 'last_sign_in_at', as: '\(seen)' }", false,
        { $0.lastSignIn.map { time(seen, $0) } ?? "NULL" }
      ),
      (type(written), "{ now: '\(written)' }", false, { _ in time(written, now ?? 0) }),
      (type(made), "{ from: 'created_at', as: '\(made)' }", true, { time(made, $0.createdAt) }),
      ("TEXT NOT NULL UNIQUE", "{ from: 'id' }", true, { quoted($0.user.id) }),
      ("TEXT", "{ value: 'for {id}' }", true, { "'for \($0.user.id)'" }),
      (any, "{ value: 2.5 }", true, { _ in "2.5" }),
      ("INTEGER NOT NULL", "{ value: true }", false, { _ in "1" }),
      ("TEXT", "{ value: null }", true, { _ in "NULL" }),
    ]
    return all.filter { random.happens(45) && (now != nil || !$0.rule.hasPrefix("{ now")) }
  }

  /// Returns the literal of a time in a format of the mapping file.
  private static func time(_ format: String, _ milliseconds: Int) -> String {
    let date = Date(timeIntervalSince1970: Double(milliseconds / 1000)).formatted(.iso8601)
    return switch format {
    case "ms": "\(milliseconds)"
    case "s": "\(milliseconds / 1000)"
    case "iso": "'\(date.dropLast()).\(String(format: "%03d", milliseconds % 1000))Z'"
    default: "'\(date.dropLast().replacing("T", with: " "))'"
    }
  }

  /// The literal of a JSON value in a column without affinity.
  private static func literal(of json: String?) throws -> String {
    switch json {
    case nil, "null": "NULL"
    case "true": "1"
    case "false": "0"
    case let json? where json.hasPrefix("\""): quoted(String(json.dropFirst().dropLast()))
    case let json? where json.hasPrefix("{"): quoted(#"{"a":"é/","b":[1,null]}"#)
    case "[]": "'[]'"
    case let json?: json
    }
  }

  static func quoted(_ text: String?) -> String {
    text.map { "'\($0.replacing("'", with: "''"))'" } ?? "NULL"
  }

  static func name(_ name: String) -> String { "\"\(name.replacing("\"", with: "\"\""))\"" }

  static func json(_ text: String) -> String {
    "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\t", with: "\\t"))\""
  }

  static let names = [
    "users", "id", "clerk_id", "email", "e-mail", "select", "order", "group", "values", "table", "a b",
    "it's",
    #"quo"te"#, "back`tick", "[x]", "x;y", "--", "/* x */", "größe", "名前", "🙂", "?1", ":p", "$x", "@y",
    "NULL",
    "123", "%s", "\\", "{id}", "tab\tname", "main.users", "true", "Name", "role", "created_at", "now()", "''",
    "#", "é",
  ]
}
