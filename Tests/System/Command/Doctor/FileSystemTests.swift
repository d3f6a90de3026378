import Foundation
import SQLite
import TestSupport
import Testing

@testable import Command

/// Tests of the file system and the journal mode of the database.
@Suite(.programs) struct FileSystemTests {
  private let mounts = """
    22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
    23 22 0:20 / /srv/data rw master:1 - nfs4 server:/data rw
    24 22 0:21 / /srv/data/local rw - xfs /dev/vdb rw
    25 22 0:22 / /srv/over rw - xfs /dev/vdc rw
    26 25 0:23 / /srv/over rw - fuse.sshfs host: rw
    """

  @Test(arguments: [
    ("/srv/app.db", "ext4"), ("/srv/data/app.db", "nfs4"), ("/srv/data", "nfs4"),
    ("/srv/database/app.db", "ext4"),
    ("/srv/data/local/app.db", "xfs"), ("/srv/over/app.db", "fuse.sshfs"),
  ])
  func `The innermost and latest mount is used`(path: String, type: String) {
    #expect(FileSystem.type(of: path, mounts: mounts) == type)
  }

  @Test(arguments: [
    ("nfs", true), ("nfs4", true), ("cifs", true), ("smb3", true), ("fuse.sshfs", true), ("fuse", true),
    ("9p", true),
    ("ext4", false), ("xfs", false), ("btrfs", false), ("tmpfs", false), ("overlay", false),
    ("fuseblk", false),
  ])
  func `A network file system is recognized by its type`(type: String, isNetwork: Bool) {
    #expect(FileSystem.isNetwork(type) == isNetwork)
  }

  @Test func `WAL is reported if the linked SQLite can corrupt it`() throws {
    let patient = try DoctorTests.Patient()
    try patient.database.execute("PRAGMA journal_mode = WAL")
    let journal = try patient.findings().findings.first { $0.check == "journal" }
    #expect(journal?.level == (Library.hasWALResetFix ? "ok" : "warning"))
    #expect(journal?.what.contains(Library.version) == true)
    try patient.database.execute("PRAGMA journal_mode = DELETE")
    #expect(try patient.findings().findings.first { $0.check == "journal" }?.level == "ok")
  }

  /// Mounting requires root.
  @Test(.enabled(if: geteuid() == 0, "only root may mount file systems"))
  func `A nearly full disk is reported`() throws {
    let patient = try DoctorTests.Patient()
    let disk = patient.folder.file("disk")
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
    func run(_ program: String, _ arguments: [String]) throws -> Int32? {
      try ChildProcess(program, arguments, output: patient.folder.file("mount.log")).exitStatus()
    }
    guard try run("/usr/bin/mount", ["-t", "tmpfs", "-o", "size=2m", "none", disk]) == 0 else { return }
    defer { _ = try? run("/usr/bin/umount", [disk]) }
    patient.arguments[1] = "\(disk)/app.db"
    _ = try Command.run(["init", "--database", "disk/app.db"], in: patient.folder)
    let (status, findings) = try patient.findings()
    #expect(status == 1)
    #expect(
      findings.contains {
        $0.check == "disk" && $0.level == "warning" && $0.what.hasPrefix("only 1 MiB free")
      })
  }

  @Test func `Text for a terminal is wrapped between words`() {
    let text = "one two three four".wrapped(indentation: "  ", first: "- ", width: 11)
    #expect(text == "- one two\n  three\n  four")
    #expect("one two".wrapped(indentation: "  ", first: "- ", width: nil) == "- one two")
  }
}
