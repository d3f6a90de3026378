import Foundation

/// A user of this machine, and what the mode bits of files let it do; access control lists are not looked at.
struct Account {
  enum Access: UInt32 {
    case read = 4
    case write = 2
    /// For a folder, to reach what is in it.
    case search = 1

    var name: String {
      switch self {
      case .read: "read"
      case .write: "write"
      case .search: "enter"
      }
    }
  }

  let name: String
  private let id: uid_t
  private let groups: Set<gid_t>

  /// nil when this machine knows no such user.
  init?(_ name: String) {
    guard let entry = unsafe getpwnam(name) else { return nil }
    self.name = name
    id = unsafe entry.pointee.pw_uid
    var count: Int32 = 256
    var list = [gid_t](repeating: 0, count: Int(count))
    let group = unsafe entry.pointee.pw_gid
    guard unsafe getgrouplist(name, group, &list, &count) >= 0 else { return nil }
    groups = Set(list.prefix(Int(count)))
  }

  init?(id: uid_t) {
    guard let entry = unsafe getpwuid(id), let name = unsafe entry.pointee.pw_name else { return nil }
    self.init(unsafe String(cString: name))
  }

  /// Whom the handler most likely runs as: the owner of the file, but for root the user of Debian's web servers.
  static func ofWebServer(database path: String) -> Account? {
    let owner = FileStatus(path)?.owner ?? geteuid()
    return owner == 0 ? Account("www-data") ?? Account(id: owner) : Account(id: owner)
  }

  /// Whether it may; false where nothing is at the path.
  func canAccess(_ path: String, to access: Access) -> Bool {
    guard let status = FileStatus(path) else { return false }
    if id == 0 { return true }
    let shift: UInt32 = status.owner == id ? 6 : groups.contains(status.group) ? 3 : 0
    return status.mode >> shift & access.rawValue != 0
  }
}

/// Whose a file is, and what its mode bits say (stat(2)).
struct FileStatus {
  let owner: uid_t
  let group: gid_t
  let mode: UInt32

  /// nil when nothing is at the path, or this process may not look.
  init?(_ path: String) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    (owner, group, mode) = (status.st_uid, status.st_gid, status.st_mode)
  }

  var isReadableByOthers: Bool { mode & 0o004 != 0 }

  /// As chmod takes them.
  var permissions: String { "0" + String(mode & 0o7777, radix: 8) }
}
