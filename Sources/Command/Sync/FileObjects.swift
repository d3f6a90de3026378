import ClerkSync
import Foundation

/// The objects of one kind in a file. Its first character tells the form: JSON begins with a bracket, and CSV does not.
///
/// JSON is an array of objects, `{"data": […]}`, or one object per line, with the member names of Clerk's API or those of
/// its JavaScript SDK. CSV is the export of users from Clerk's dashboard. Lines and records are read one at a time; the
/// other two forms are a single document and are read into memory whole.
struct FileObjects: ObjectSource {
  /// For CSV it is limited to what the columns determine.
  private(set) var mapping: Mapping
  private(set) var done = 0
  private let entity: Entity
  private let name: String
  private var lines: LineReader
  /// Objects that are decoded but not returned yet.
  private var waiting: ArraySlice<Result<BackendObject, UnusableObject>> = []
  /// The first line of a JSON file, until it is decoded.
  private var first: [UInt8]?
  /// The columns, if the file is CSV.
  private var export: DashboardExport?

  /// `-` is standard input. Reads the first line that is not blank.
  init(_ path: String, _ entity: Entity, mapping: Mapping) throws {
    self.mapping = mapping
    self.entity = entity
    name = path == "-" ? "standard input" : path
    guard let file = path == "-" ? .standardInput : FileHandle(forReadingAtPath: path) else {
      throw CommandFailure(
        "\(path) cannot be read: expected a file with Clerk's \(entity.plural) as JSON\(entity == .user ? " or CSV" : "")"
      )
    }
    lines = LineReader(file)
    guard let line = try nextLine(), let character = line.first(where: { !Self.isSpace($0) }) else { return }
    if "{[".utf8.contains(character) {
      first = line
    } else if entity != .user {
      throw unexpected("the file is not JSON")
    } else {
      let export = try header(line)
      self.export = export
      self.mapping = mapping.limited(to: export.paths, now: Timestamp.now.milliseconds)
    }
  }

  mutating func nextPage() throws -> [Result<BackendObject, UnusableObject>]? {
    while waiting.count < ClerkAPI.pageSize, let objects = try next() {
      waiting += objects
    }
    if waiting.isEmpty { return nil }
    let page = Array(waiting.prefix(ClerkAPI.pageSize))
    waiting = waiting.dropFirst(ClerkAPI.pageSize)
    done += page.count
    return page
  }

  /// Returns the objects of the next line that is not blank, or of the whole file if its first line is not valid JSON
  /// by itself.
  private mutating func next() throws -> [Result<BackendObject, UnusableObject>]? {
    if let line = first.take() {
      if let objects = try? list(line) { return objects }
      do {
        return try list(line + [0x0a] + lines.rest())
      } catch {
        throw unexpected("the file does not contain Clerk's \(entity.plural) as JSON")
      }
    }
    guard let line = try nextLine() else { return nil }
    if let export { return try record(line, of: export) }
    do {
      return try list(line)
    } catch {
      throw unexpected("line \(lines.number) does not contain Clerk's \(entity.plural) as JSON")
    }
  }

  /// Returns the next line that is not blank.
  private mutating func nextLine() throws -> [UInt8]? {
    while let line = try lines.next() {
      if !line.allSatisfy(Self.isSpace) { return line }
    }
    return nil
  }

  private func list(_ json: [UInt8]) throws(EventError) -> [Result<BackendObject, UnusableObject>] {
    try BackendObject.listWithWarnings(entity, decoding: SDKUsers.renamed(json), mapping: mapping)
  }

  private func header(_ line: [UInt8]) throws -> DashboardExport {
    guard let record = CSVRecord(line), let export = DashboardExport(header: record) else {
      throw unexpected(
        "line \(lines.number) is neither JSON nor the header of a CSV file with a column \"id\"")
    }
    return export
  }

  /// Returns the user of the record that begins with this line.
  private mutating func record(
    _ line: [UInt8], of export: DashboardExport
  ) throws -> [Result<BackendObject, UnusableObject>] {
    let number = lines.number
    var bytes = line
    var quotes = CSVRecord.quotes(in: line)
    // Quotes come in pairs. A record with an odd number goes on after the line break.
    while !quotes.isMultiple(of: 2), let line = try lines.next() {
      bytes += [0x0a] + line
      quotes += CSVRecord.quotes(in: line)
    }
    guard let record = CSVRecord(bytes), let json = export.user(record) else {
      throw CommandFailure(
        "\(name): the record at line \(number) is not CSV with a field for each column: download the export again"
      )
    }
    return try BackendObject.list(decoding: json, mapping: mapping).map { user in
      user.mapError { error in
        error.id == nil
          ? UnusableObject(id: nil, reason: .malformed(reason: "line \(number) has no id")) : error
      }
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }

  private func unexpected(_ problem: String) -> CommandFailure {
    CommandFailure(
      "\(name): \(problem): expected an array of \(entity.singular) objects, {\"data\": […]}, one \(entity.singular) object "
        + "per line" + (entity == .user ? ", or the CSV export of Clerk's dashboard" : ""))
  }
}

/// Reads a file line by line. It holds at most one line and one chunk in memory.
struct LineReader {
  private static let chunk = 65_536

  private let file: FileHandle
  /// The number of the line that was returned last, from 1.
  private(set) var number = 0
  private var buffer: [UInt8] = []
  private var start = 0
  private var isAtEnd = false

  init(_ file: FileHandle) {
    self.file = file
  }

  /// Returns the next line without its line break; nil at the end of the file. The last line need not end with one.
  /// The first line is returned without a byte order mark.
  mutating func next() throws -> [UInt8]? {
    guard let line = try nextLine() else { return nil }
    number += 1
    let mark: [UInt8] = [0xef, 0xbb, 0xbf]
    return number == 1 && line.starts(with: mark) ? Array(line.dropFirst(mark.count)) : line
  }

  private mutating func nextLine() throws -> [UInt8]? {
    var searched = start
    while true {
      if let end = buffer[searched...].firstIndex(of: 0x0a) {
        defer { start = end + 1 }
        return Array(buffer[start..<end])
      }
      searched = buffer.count - start
      buffer.removeFirst(start)
      start = 0
      guard try read() else { return buffer.isEmpty ? nil : takeAll() }
    }
  }

  /// Returns the remaining bytes of the file.
  mutating func rest() throws -> [UInt8] {
    buffer.removeFirst(start)
    start = 0
    while try read() {}
    return takeAll()
  }

  private mutating func takeAll() -> [UInt8] {
    defer { buffer = [] }
    return buffer
  }

  private mutating func read() throws -> Bool {
    if isAtEnd { return false }
    let bytes = try file.read(upToCount: Self.chunk)
    guard let bytes, !bytes.isEmpty else {
      isAtEnd = true
      return false
    }
    buffer += bytes
    return true
  }
}
