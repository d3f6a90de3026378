import ClerkSync
import Foundation

/// The users in a file: a JSON array of user objects, `{"data": […]}`, or one user object per line.
///
/// Lines are read one at a time. The other two forms are a single document and are read into memory whole.
struct FileUsers: UserSource {
  private let name: String
  private let mapping: Mapping
  private var lines: LineReader
  private var number = 0
  /// Users that are decoded but not returned yet.
  private var waiting: ArraySlice<Result<BackendUser, UnusableUser>> = []
  private var isFirst = true

  /// `-` is standard input.
  init(_ path: String, mapping: Mapping) throws {
    self.mapping = mapping
    name = path == "-" ? "standard input" : path
    guard let file = path == "-" ? .standardInput : FileHandle(forReadingAtPath: path) else {
      throw CommandFailure("\(path) cannot be read: expected a file with Clerk's users as JSON")
    }
    lines = LineReader(file)
  }

  mutating func nextPage() async throws -> [Result<BackendUser, UnusableUser>]? {
    while waiting.count < ClerkAPI.pageSize, let line = try next() {
      waiting += line
    }
    if waiting.isEmpty { return nil }
    defer { waiting = waiting.dropFirst(ClerkAPI.pageSize) }
    return Array(waiting.prefix(ClerkAPI.pageSize))
  }

  /// Returns the users of the next line that is not blank, or of the whole file if its first line is not valid JSON
  /// by itself.
  private mutating func next() throws -> [Result<BackendUser, UnusableUser>]? {
    while let line = try lines.next() {
      number += 1
      if line.allSatisfy({ $0 == 0x20 || (0x09...0x0d).contains($0) }) { continue }
      defer { isFirst = false }
      do {
        return try BackendUser.list(decoding: line, mapping: mapping)
      } catch {
        guard isFirst else { throw unexpected("line \(number)") }
      }
      do {
        return try BackendUser.list(decoding: line + [0x0a] + lines.rest(), mapping: mapping)
      } catch {
        throw unexpected("the file")
      }
    }
    return nil
  }

  private func unexpected(_ place: String) -> CommandFailure {
    CommandFailure(
      "\(name): \(place) does not contain Clerk's users as JSON: expected an array of user objects, {\"data\": […]}, "
        + "or one user object per line")
  }
}

/// Reads a file line by line. It holds at most one line and one chunk in memory.
struct LineReader {
  private static let chunk = 65_536

  private let file: FileHandle
  private var buffer: [UInt8] = []
  private var start = 0
  private var isAtEnd = false

  init(_ file: FileHandle) {
    self.file = file
  }

  /// Returns the next line without its line break; nil at the end of the file. The last line need not end with one.
  mutating func next() throws -> [UInt8]? {
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
