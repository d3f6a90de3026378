import Glibc

/// Tells a file from another one that has taken its path.
struct FileIdentity: Equatable {
  private let device: dev_t
  private let inode: ino_t

  /// nil when nothing is at the path.
  init?(_ path: String) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    device = status.st_dev
    inode = status.st_ino
  }
}
