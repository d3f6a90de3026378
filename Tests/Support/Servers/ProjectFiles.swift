import Foundation

/// The files of this project.
public enum Project {
  /// Returns the path of a file, given relative to the project's root.
  public static func file(_ path: String) -> String {
    URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../\(path)").standardized.path
  }
}

/// A file of conf/ with replacements for the values that a test cannot use.
public struct ConfigurationFile {
  /// The file does not contain a text that was to be replaced.
  public struct Lacks: Error {
    let file: String
    let text: String
  }

  private let name: String
  public private(set) var text: String

  /// Reads the file with this path below conf/.
  public init(_ name: String) throws {
    self.name = name
    text = try String(contentsOfFile: Project.file("conf/\(name)"), encoding: .utf8)
  }

  /// Replaces every occurrence of each first text with the second one.
  ///
  /// - Throws: ``Lacks`` when the first text does not occur.
  public func replacing(_ changes: [(String, String)]) throws -> ConfigurationFile {
    var file = self
    for (old, new) in changes {
      guard file.text.contains(old) else { throw Lacks(file: name, text: old) }
      file.text = file.text.replacingOccurrences(of: old, with: new)
    }
    return file
  }

  /// Returns the text from the line that begins with `first` to the next line equal to `last`.
  public func block(from first: String, to last: String) throws -> String {
    guard let start = text.range(of: "\n\(first)"),
      let end = text.range(of: "\n\(last)\n", range: start.upperBound..<text.endIndex)
    else { throw Lacks(file: name, text: first) }
    return String(text[text.index(after: start.lowerBound)..<end.upperBound])
  }
}
