import Foundation

/// Whether the user that the handler runs as can work with the database file, and where it is.
struct FileChecks {
  /// Bytes of free room below which a warning is due.
  private static let leastFree: Int64 = 100 << 20

  private let path: String
  private let user: Account
  /// Those above the file that are there, the nearest first.
  private let folders: [String]

  init(database: String, user: Account) {
    path = URL(filePath: database).standardizedFileURL.path
    self.user = user
    var folders = [URL(filePath: path).deletingLastPathComponent().path]
    while let last = folders.last, last != "/" {
      folders.append(URL(filePath: last).deletingLastPathComponent().path)
    }
    self.folders = folders.filter { FileStatus($0) != nil }
  }

  func findings() -> [Finding] {
    let obstacles = obstacles
    return obstacles.isEmpty
      ? [.ok("permissions", "\(user.name) can read and write \(path) and its folder")] + room
      : obstacles + room
  }

  private var obstacles: [Finding] {
    let entered = folders.reversed().compactMap { obstacle($0, [.search]) }
    // What is not there yet is made in the nearest folder that is.
    let written = folders.first.flatMap { obstacle($0, [.write]) }
    let files = ["", "-wal", "-shm", "-journal"].map { path + $0 }.filter { FileStatus($0) != nil }
    return entered + [written].compactMap(\.self) + files.compactMap { obstacle($0, [.read, .write]) }
  }

  private func obstacle(_ place: String, _ needed: [Account.Access]) -> Finding? {
    let lacking = needed.filter { !user.canAccess(place, to: $0) }.map(\.name)
    guard !lacking.isEmpty, let status = FileStatus(place) else { return nil }
    let owner = Account(id: status.owner)?.name ?? "user \(status.owner)"
    return .error(
      "permissions",
      "\(user.name) cannot \(lacking.joined(separator: " or ")) \(place) (of \(owner), mode \(status.permissions))",
      remedy: needed == [.search]
        ? "chmod o+x \(place)"
        : "chown \(user.name) \(place); or name with --user whom the handler runs as")
  }

  private var room: [Finding] {
    guard let folder = folders.first, let free = FileSystem(of: folder).free else { return [] }
    let text = "\(free >> 20) MiB free"
    guard free < Self.leastFree else { return [.ok("disk", text)] }
    return [
      .warning("disk", "only \(text) in \(folder)", remedy: "make room: on a full disk every delivery fails")
    ]
  }
}
