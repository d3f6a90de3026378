import Foundation

/// The file system that contains a file.
struct FileSystem {
  /// File systems, by their names in mount(8), whose locks and shared memory may not work across machines.
  private static let networks: Set = [
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "coda", "fuse", "gfs2", "lustre", "ocfs2",
    "vboxsf",
    "virtiofs",
  ]

  /// The type of the file system if it is, or may be, a network file system.
  let network: String?
  /// Free bytes available to this process; nil if unknown.
  let free: Int64?

  init(of path: String) {
    let path = URL(filePath: path).resolvingSymlinksInPath().path
    let mounts = (try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)) ?? ""
    network = Self.type(of: path, mounts: mounts).flatMap { Self.isNetwork($0) ? $0 : nil }
    let attributes = try? FileManager.default.attributesOfFileSystem(forPath: path)
    free = (attributes?[.systemFreeSize] as? NSNumber)?.int64Value
  }

  /// Returns the type of the mount that contains the path. `mounts` has the format of proc_pid_mountinfo(5), in mount
  /// order.
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

  /// Returns whether the type is a network file system. `fuse.sshfs` counts as fuse; fuseblk is a local disk.
  static func isNetwork(_ type: String) -> Bool {
    networks.contains(String(type.prefix { $0 != "." }))
  }
}
