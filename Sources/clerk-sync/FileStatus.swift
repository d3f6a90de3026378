import Foundation

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
