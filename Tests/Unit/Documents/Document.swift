import Foundation
import TestSupport

/// A Markdown file of this project.
struct Document {
  /// A link to a file or to a heading, as the document has it.
  struct Link: Hashable, CustomStringConvertible {
    let target: String

    var description: String { target }
    /// The part before `#`; empty for a heading of the same document.
    var file: String { String(target.prefix { $0 != "#" }) }
    /// The part after `#`.
    var anchor: String? { target.contains("#") ? String(target.drop { $0 != "#" }.dropFirst()) : nil }
  }

  static let paths = [
    "README.md", "conf/README.md", "Sources/README.md", "www/README.md", "Tests/README.md",
    ".github/CONTRIBUTING.md",
  ]

  /// From the top of the project.
  let path: String
  let text: String
  /// Lines outside and inside fenced code blocks.
  private let prose: [Substring]
  private let code: [Substring]

  init(_ path: String) throws {
    self.path = path
    text = try String(contentsOfFile: Project.file(path), encoding: .utf8)
    var (prose, code): ([Substring], [Substring]) = ([], [])
    var isCode = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.drop(while: { $0 == " " }).hasPrefix("```") {
        isCode.toggle()
      } else if isCode {
        code.append(line)
      } else {
        prose.append(line)
      }
    }
    (self.prose, self.code) = (prose, code)
  }

  var lines: Int { text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().count }

  /// The links that lead to no other site.
  var links: [Link] {
    prose.flatMap { $0.matches(of: /\]\(([^)\s]+)\)/) }.map { Link(target: String($0.1)) }
      .filter { !$0.target.contains("://") }
  }

  /// The texts between backticks.
  var codeSpans: [String] { prose.flatMap(Self.codeSpans(in:)) }

  /// The rows of the table under the heading, each with its cells.
  func table(under heading: String) -> [[String]] {
    let section = prose.drop { $0 != "## \(heading)" }.dropFirst().prefix { !$0.hasPrefix("## ") }
    return section.filter { $0.hasPrefix("|") }.dropFirst(2).map { row in
      row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }
  }

  /// The targets of the Makefile that are named.
  var makeTargets: Set<String> {
    let commands = codeSpans + code.map(String.init)
    return Set(
      commands.compactMap { $0.firstMatch(of: /^\s*(?:\$ )?make ([a-z][a-z-]*)/) }.map { String($0.1) })
  }

  /// The settings that are named.
  var variables: Set<String> { Self.variables(in: text) }

  /// The anchors that GitHub gives the headings.
  var anchors: Set<String> {
    Set(
      prose.filter { $0.hasPrefix("#") }.map { heading in
        let title = heading.drop { $0 == "#" }.trimmingCharacters(in: .whitespaces).lowercased()
        return String(title.filter { $0.isLetter || $0.isNumber || "-_ ".contains($0) })
          .replacingOccurrences(of: " ", with: "-")
      })
  }

  static func codeSpans(in line: some StringProtocol) -> [String] {
    String(line).matches(of: /`([^`]+)`/).map { String($0.1) }
  }

  static func variables(in text: String) -> Set<String> {
    Set(text.matches(of: /CLERK_SYNC_[A-Z_]*[A-Z]/).map { String($0.0) })
  }
}
