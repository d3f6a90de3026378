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
