import Foundation
import TestSupport
import Testing

/// The inputs in `Corpus`: real ones, and those with which the fuzzer reached new code or found an error.
@Suite struct CorpusTests {
  @Test(arguments: FuzzTarget.allCases)
  func `Each input of the corpus obeys the rules of its target`(target: FuzzTarget) throws {
    let folder = Project.file("Tests/Fuzz/Corpus/\(target)")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    #expect(!names.isEmpty)
    for name in names {
      let input = try Data(contentsOf: URL(filePath: folder).appending(path: name))
      #expect(throws: Never.self, "\(target)/\(name)") { try target.check(Array(input)) }
    }
  }
}
