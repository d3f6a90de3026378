import Foundation

/// A file of conf/ as it stands, but for the places that a test cannot use.
public struct ConfigurationFile {
  /// The file lacks a text that was to be replaced in it.
  public struct Lacks: Error {
    let file: String
    let text: String
  }

  private let name: String
  public private(set) var text: String

  /// Reads the file of this path below conf/.
  public init(_ name: String) throws {
    self.name = name
    text = try String(contentsOfFile: Project.file("conf/\(name)"), encoding: .utf8)
  }

  /// Puts each second text wherever its first one stands.
  ///
  /// - Throws: ``Lacks`` when a first one stands nowhere.
  public func replacing(_ changes: [(String, String)]) throws -> ConfigurationFile {
    var file = self
    for (old, new) in changes {
      guard file.text.contains(old) else { throw Lacks(file: name, text: old) }
      file.text = file.text.replacingOccurrences(of: old, with: new)
    }
    return file
  }

  /// The text from the line that begins with `first` to the next line that is `last`.
  public func block(from first: String, to last: String) throws -> String {
    guard let start = text.range(of: "\n\(first)"),
      let end = text.range(of: "\n\(last)\n", range: start.upperBound..<text.endIndex)
    else { throw Lacks(file: name, text: first) }
    return String(text[text.index(after: start.lowerBound)..<end.upperBound])
  }
}
