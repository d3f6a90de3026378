import Foundation

/// Checks that the handler's user has access to the database and its folder, and that the disk has space.
struct FileChecks {
  /// Free bytes below which a warning is given.
  private static let leastFree: Int64 = 100 << 20

  private let path: String
  private let user: Account
  /// The existing folders above the file, the nearest first.
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
    // Missing files and folders are created in the nearest existing folder.
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
      "\(user.name) cannot \(lacking.joined(separator: " or ")) \(place) (owner \(owner), mode \(status.permissions))",
      remedy: needed == [.search]
        ? "chmod o+x \(place)"
        : "chown \(user.name) \(place); or use --user if the handler runs as another user")
  }

  private var room: [Finding] {
    guard let folder = folders.first, let free = FileSystem(of: folder).free else { return [] }
    let text = "\(free >> 20) MiB free"
    guard free < Self.leastFree else { return [.ok("disk", text)] }
    return [
      .warning(
        "disk", "only \(text) in \(folder)", remedy: "free some space: on a full disk every delivery fails")
    ]
  }
}
