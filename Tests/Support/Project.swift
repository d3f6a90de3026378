import Foundation

/// The files of this project.
public enum Project {
  /// The path of a file, given from the project's top.
  public static func file(_ path: String) -> String {
    URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../\(path)").standardized.path
  }
}
