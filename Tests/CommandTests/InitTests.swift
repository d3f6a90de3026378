import Foundation
import TestSupport
import Testing

@Suite struct InitTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  @Test func `A database is made, and made ready again`() throws {
    for _ in 1...2 {
      let command = try Command.run(["init", "--database", "app.db"], in: folder)
      #expect(command.status == 0)
      #expect(command.errors.isEmpty)
      #expect(try DatabaseFile(folder.file("app.db")).rows("SELECT count(*) FROM users") == [["0"]])
    }
  }

  @Test(arguments: [["init", "--databas"], ["unknown"], ["init", "extra"]])
  func `What is not understood is told in one line`(arguments: [String]) throws {
    let command = try Command.run(arguments, in: folder)
    #expect(command.status == 64)
    #expect(command.output.isEmpty)
    #expect(command.errors.split(separator: "\n").count == 1)
    #expect(command.errors.hasPrefix("clerk-sync: "))
  }
}
