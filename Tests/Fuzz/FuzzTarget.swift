import ClerkSync

/// A part of the program that reads bytes from outside.
///
/// To add one: a case, its line in ``check(_:)``, a file in `Targets`, and a few inputs in `Corpus/NAME`.
enum FuzzTarget: String, CaseIterable {
  /// Headers, an empty line and a body, as a request has them.
  case headers
  /// The body of a delivery, for the built-in table.
  case event
  /// The body of a delivery, for mapped tables.
  case mappedEvent
  /// The variables of a FastCGI request, each ended by a NUL.
  case parameters
  /// The part of a URL after the question mark.
  case query
  /// A mapping file.
  case mapping
  /// The lines of a stream entry: its id, then names and values.
  case queueEntry
  /// A digit for the kind of objects, and a page of Clerk's Backend API.
  case page
  /// A file of users for `backfill`: CSV, JSON, or a JSON object per line.
  case file

  /// Gives the program one input. Throws ``Violation`` if the program breaks a rule that holds for each input.
  func check(_ input: [UInt8]) throws {
    switch self {
    case .headers: try checkHeaders(input)
    case .event: try checkEvent(input, mapping: .builtIn)
    case .mappedEvent: try checkEvent(input, mapping: fuzzedMapping())
    case .parameters: try checkParameters(input)
    case .query: try checkQuery(input)
    case .mapping: try checkMapping(input)
    case .queueEntry: try checkQueueEntry(input)
    case .page: try checkPage(input)
    case .file: try checkFile(input)
    }
  }
}

/// A rule that the program broke.
struct Violation: Error, CustomStringConvertible {
  let description: String
}

/// Throws ``Violation`` unless the condition holds.
func require(_ condition: Bool, _ rule: @autoclosure () -> String) throws(Violation) {
  guard condition else { throw Violation(description: rule()) }
}

/// Throws ``Violation`` unless the text can be a line of output: short, and without control characters.
func requireLine(_ text: String, longest: Int = 1000) throws(Violation) {
  try require(!text.isEmpty && text.utf8.count <= longest, "a message of \(text.utf8.count) bytes")
  try require(
    !text.unicodeScalars.contains { $0.properties.generalCategory == .control },
    "a message with a control character: \(text.debugDescription)")
}

/// Throws ``Violation`` unless the text can be a line of the log, which holds no e-mail address. No message of the program
/// has an at sign of its own.
func requireLogLine(_ text: String) throws(Violation) {
  try requireLine(text)
  try require(!text.contains("@"), "a message with an at sign: \(text)")
}
