import Foundation

extension TemporaryFolder {
  /// Copies www/ into a new folder, adds files that are often left beside a page, and returns its path.
  ///
  /// A copy is needed because Apache's workers cannot read every place in which a checkout may be.
  public func copyPage(to name: String = "www") throws -> String {
    let root = file(name)
    try FileManager.default.createDirectory(
      atPath: URL(filePath: root).deletingLastPathComponent().path, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: Project.file("www"), toPath: root)
    // Neither the archive nor the package installs this file.
    try FileManager.default.removeItem(atPath: "\(root)/README.md")
    for left in [".git/config", ".env", "folder/file.txt", ".well-known/acme-challenge/token"] {
      let path = URL(filePath: root).appending(path: left)
      try FileManager.default.createDirectory(
        at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data("left lying".utf8).write(to: path)
    }
    return root
  }
}
