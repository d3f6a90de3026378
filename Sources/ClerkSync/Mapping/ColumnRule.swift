import SQLite

/// A column, and what it holds.
final class ColumnRule: Sendable {
  /// The source of a value.
  enum Content: Sendable {
    /// The field with this index; see ``FieldTree``.
    case field(Int, Conversion)
    /// The time of the write.
    case now(TimeFormat)
    /// The same for every object, except that `{id}` in a text stands for its id.
    case value(Value)
  }

  /// How a field becomes a value.
  struct Conversion: Sendable {
    /// Stands for a field that is null, absent or not among the ``choices``. `{id}` in a text stands for the id.
    var fallback: Value?
    /// The permitted texts; nil for any value.
    var choices: [String]?
    /// The format in which to store a time.
    var time: TimeFormat?
    /// Whether an update leaves the column alone if the field is absent.
    var keepsWhenAbsent = false
    /// The row from which the value is taken.
    var lookup: Lookup?

    /// Whether the value is that of the field, or found by it, and nothing ever stands for it.
    var isPlain: Bool { fallback == nil && choices == nil && time == nil && !keepsWhenAbsent }
  }

  /// A row of another table that a field identifies.
  struct Lookup: Sendable {
    let table: Identifier
    /// The column that equals the field.
    let column: Identifier
    /// The column whose value is taken.
    let taken: Identifier
  }

  let column: Identifier
  /// The field's path at Clerk, for messages; empty for a column without one.
  let path: String
  let content: Content
  /// Whether the column holds a user's primary e-mail address.
  let isAddress: Bool

  init(_ column: Identifier, path: String = "", isAddress: Bool = false, _ content: Content) {
    (self.column, self.path, self.isAddress, self.content) = (column, path, isAddress, content)
  }

  /// The index of the field.
  var field: Int? {
    if case .field(let index, _) = content { index } else { nil }
  }

  /// How the field becomes a value.
  var conversion: Conversion? {
    if case .field(_, let conversion) = content { conversion } else { nil }
  }

  /// The column's new value as SQL, given the number of its parameter.
  func expression(_ parameter: Int) -> SQL {
    guard let lookup = conversion?.lookup else { return "?\(parameter)" }
    return "(SELECT \(lookup.taken) FROM \(lookup.table) WHERE \(lookup.column) = ?\(parameter))"
  }
}

/// The forms in which tables hold a time.
package enum TimeFormat: String, CaseIterable, Sendable {
  /// Milliseconds since 1970, as JavaScript's `Date.now()`.
  case milliseconds = "ms"
  /// Seconds since 1970, as SQLite's `unixepoch()`.
  case seconds = "s"
  /// A text in UTC with milliseconds, such as `2026-11-27T21:30:00.123Z` (RFC 3339).
  case iso
  /// A text in UTC with seconds, such as `2026-11-27 21:30:00`, as SQLite's `datetime()` and CURRENT_TIMESTAMP write it.
  case datetime

  /// Whether the times are numbers rather than texts.
  package var isNumber: Bool { self == .milliseconds || self == .seconds }

  /// Returns the value for a time in milliseconds since 1970.
  func value(_ milliseconds: Int64) -> Value {
    switch self {
    case .milliseconds: .integer(milliseconds)
    case .seconds: .integer(milliseconds / 1000)
    case .iso: .text(ISOTime(milliseconds: milliseconds).text)
    case .datetime:
      .text(String(ISOTime(milliseconds: milliseconds).text.prefix(19)).replacing("T", with: " "))
    }
  }
}
