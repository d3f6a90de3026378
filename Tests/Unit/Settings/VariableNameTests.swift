import ClerkSync
import Foundation
import Settings
import TestSupport
import Testing

@Suite struct VariableNameTests {
  @Test func `The known variables are those in the example file`() throws {
    let text = try String(contentsOfFile: Project.file("conf/clerk-sync.env.example"), encoding: .utf8)
    let words = text.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init)
    #expect(Set(words.filter { $0.hasPrefix("CLERK_") }) == Set(Configuration.variables))
  }
}
