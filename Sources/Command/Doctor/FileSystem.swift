import Foundation

/// The file system that a file is on.
struct FileSystem {
  /// Those whose locks and shared memory do not serve several machines as a local disk's do, as mount(8) names them.
  private static let networks: Set = [
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "coda", "fuse", "gfs2", "lustre", "ocfs2",
    "vboxsf",
    "virtiofs",
  ]

  /// Its type where it is, or may be, one over a network.
  let network: String?
  /// Bytes that this process may still write; nil where it is not told.
  let free: Int64?

  init(of path: String) {
    let path = URL(filePath: path).resolvingSymlinksInPath().path
    let mounts = (try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)) ?? ""
    network = Self.type(of: path, mounts: mounts).flatMap { Self.isNetwork($0) ? $0 : nil }
    let attributes = try? FileManager.default.attributesOfFileSystem(forPath: path)
    free = (attributes?[.systemFreeSize] as? NSNumber)?.int64Value
  }

  /// The type of the mount that the path is on; `mounts` is as in proc_pid_mountinfo(5), the latest one last.
  static func type(of path: String, mounts: String) -> String? {
    var best: (point: Substring, type: Substring)?
    for line in mounts.split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count > 4, let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count else { continue }
      let point = fields[4]
      let isAbove = point == "/" || path == point || path.hasPrefix("\(point)/")
      if isAbove, point.count >= best?.point.count ?? 0 { best = (point, fields[dash + 1]) }
    }
    return best.map { String($0.type) }
  }

  /// `fuse.sshfs` is a kind of fuse; fuseblk has a local disk beneath.
  static func isNetwork(_ type: String) -> Bool {
    networks.contains(String(type.prefix { $0 != "." }))
  }
}
