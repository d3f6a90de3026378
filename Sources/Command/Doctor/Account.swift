import Foundation

/// A user account of this machine, and its access to files by their mode bits. Access control lists are ignored.
struct Account {
  enum Access: UInt32 {
    case read = 4
    case write = 2
    /// For a folder: permission to access the files in it.
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

  /// Returns nil if there is no such user.
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

  /// Returns the user that most likely runs the handler: the owner of the database, or www-data (the user of Debian's
  /// web servers) if the owner is root.
  static func ofWebServer(database path: String) -> Account? {
    let owner = FileStatus(path)?.owner ?? geteuid()
    return owner == 0 ? Account("www-data") ?? Account(id: owner) : Account(id: owner)
  }

  /// Returns whether the user has this access; false if the path does not exist.
  func canAccess(_ path: String, to access: Access) -> Bool {
    guard let status = FileStatus(path) else { return false }
    if id == 0 { return true }
    let shift: UInt32 = status.owner == id ? 6 : groups.contains(status.group) ? 3 : 0
    return status.mode >> shift & access.rawValue != 0
  }
}

/// The owner, group and mode of a file (stat(2)).
struct FileStatus {
  let owner: uid_t
  let group: gid_t
  let mode: UInt32

  /// Returns nil if the path does not exist or this process has no access to it.
  init?(_ path: String) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    (owner, group, mode) = (status.st_uid, status.st_gid, status.st_mode)
  }

  var isReadableByOthers: Bool { mode & 0o004 != 0 }

  /// The mode in octal, as for chmod.
  var permissions: String { "0" + String(mode & 0o7777, radix: 8) }
}
