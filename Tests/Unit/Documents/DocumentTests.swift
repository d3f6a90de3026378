import Foundation
import Settings
import TestSupport
import Testing

/// The documents name things that exist.
@Suite struct DocumentTests {
  @Test(arguments: Document.paths)
  func `Every relative link leads to a file, and every anchor to a heading`(_ path: String) throws {
    let document = try Document(path)
    let folder = URL(filePath: Project.file(path)).deletingLastPathComponent()
    for link in document.links {
      let file = link.file.isEmpty ? Project.file(path) : folder.appending(path: link.file).standardized.path
      #expect(FileManager.default.fileExists(atPath: file), "\(path) links to \(link)")
      guard let anchor = link.anchor, file.hasSuffix(".md") else { continue }
      let target = try Document(String(file.dropFirst(Project.file("").count)))
      #expect(target.anchors.contains(anchor), "\(path) links to \(link)")
    }
  }

  @Test(arguments: Document.paths)
  func `Every target of the Makefile exists`(_ path: String) throws {
    let makefile = try text("Makefile")
    let targets = Set(
      makefile.split(separator: "\n").compactMap { $0.prefixMatch(of: /([a-z][a-z-]*):/) }.map {
        String($0.1)
      })
    #expect(try Document(path).makeTargets.subtracting(targets) == [])
  }

  // Tests/README.md has the variables of the tests.
  @Test(arguments: Document.paths.filter { $0 != "Tests/README.md" })
  func `Every setting exists`(_ path: String) throws {
    // The misspelt one is in an example of the doctor's output.
    let known = try Set(Configuration.variables + ["CLERK_SYNC_THREDS"])
      .union(Document.variables(in: text("conf/clerk-sync.env.example")))
      .union(Document.variables(in: text("conf/debian/postrm")))
    #expect(try Document(path).variables.subtracting(known) == [])
  }

  @Test func `The operator's document explains every setting`() throws {
    let rows = try Document("conf/README.md").table(under: "Change a setting")
    let explained = Set(rows.flatMap { Document.codeSpans(in: $0[0]) })
    #expect(Set(Configuration.variables).subtracting(explained) == [])
  }

  @Test func `The files for shared hosting are those of the console`() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Project.file("www"))
    let row = try #require(
      try Document("conf/README.md").table(under: "Install it on shared hosting")
        .first { $0[0].contains("index.html") })
    let named = Document.codeSpans(in: row[0]).map { $0.replacingOccurrences(of: "www/", with: "") }
    #expect(named.sorted() == files.filter { $0 != "README.md" }.sorted())
  }

  @Test func `The map of the sources names files that have what it says`() throws {
    let map = try Document("Sources/README.md")
    let sources = try #require(FileManager.default.enumerator(atPath: Project.file("Sources")))
      .compactMap { $0 as? String }
    for span in map.codeSpans where span.hasSuffix(".swift") {
      #expect(sources.contains { $0 == span || $0.hasSuffix("/\(span)") }, "\(span)")
    }
    let rows = map.table(under: "Where is …?")
    #expect(rows.count > 20)
    for row in rows {
      let file = try #require(Document.codeSpans(in: row[1]).first)
      let name = try #require(Document.codeSpans(in: row[2]).first)
      let word = name.prefix { $0 != "(" }.split(separator: ".").last.map(String.init) ?? name
      #expect(try text("Sources/\(file)").contains(word), "\(row[0]): \(name) in \(file)")
    }
  }

  @Test func `The version is the same everywhere`() throws {
    let api = try JSONSerialization.jsonObject(with: Data(text("www/openapi.json").utf8)) as? [String: Any]
    #expect((api?["info"] as? [String: Any])?["version"] as? String == Release.version)
    let cut = try text("CHANGELOG.md").firstMatch(of: /\n## \[(\d+\.\d+\.\d+)\] - \d{4}-\d{2}-\d{2}\n/)
    #expect(cut.map { String($0.1) } == Release.version)
    for page in ["clerk-sync.1", "clerk-sync.fcgi.8", "clerk-sync.env.5"] {
      #expect(try text("conf/man/\(page)").contains("\n.Os clerk-sync \(Release.version)\n"), "\(page)")
    }
  }

  @Test func `The README is short`() throws {
    #expect(try Document("README.md").lines <= 170)
  }

  private func text(_ path: String) throws -> String {
    try String(contentsOfFile: Project.file(path), encoding: .utf8)
  }
}
