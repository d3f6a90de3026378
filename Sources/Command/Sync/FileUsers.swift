import ClerkSync
import Foundation

/// The users in a file: a JSON array of user objects, `{"data": […]}`, or one user object a line.
///
/// Lines are read as they come; the other forms, which are one document, are read whole.
struct FileUsers: UserSource {
  private let name: String
  private let roles: Roles
  private var lines: LineReader
  private var number = 0
  /// Users decoded and not yet given out.
  private var waiting: ArraySlice<Result<BackendUser, UnusableUser>> = []
  private var isFirst = true

  /// `-` is standard input.
  init(_ path: String, roles: Roles) throws {
    self.roles = roles
    name = path == "-" ? "standard input" : path
    guard let file = path == "-" ? .standardInput : FileHandle(forReadingAtPath: path) else {
      throw CommandFailure("\(path) cannot be read: expected a file with Clerk users as JSON")
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

  /// The users of the next line that has any, or of the whole file when its first line is not JSON by itself.
  private mutating func next() throws -> [Result<BackendUser, UnusableUser>]? {
    while let line = try lines.next() {
      number += 1
      if line.allSatisfy({ $0 == 0x20 || (0x09...0x0d).contains($0) }) { continue }
      defer { isFirst = false }
      do {
        return try BackendUser.list(decoding: line, roles: roles)
      } catch {
        guard isFirst else { throw unexpected("line \(number)") }
      }
      do {
        return try BackendUser.list(decoding: line + [0x0a] + lines.rest(), roles: roles)
      } catch {
        throw unexpected("the whole")
      }
    }
    return nil
  }

  private func unexpected(_ place: String) -> CommandFailure {
    CommandFailure(
      "\(name): \(place) is not JSON of Clerk users: expected an array of user objects, {\"data\": […]}, "
        + "or one user object a line")
  }
}

/// The lines of a file, without ever holding more than one and what was read with it.
struct LineReader {
  private static let chunk = 65_536

  private let file: FileHandle
  private var buffer: [UInt8] = []
  private var start = 0
  private var isAtEnd = false

  init(_ file: FileHandle) {
    self.file = file
  }

  /// The next line without its end, the last one whether it has an end or not; nil after that.
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

  /// Everything that remains.
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
