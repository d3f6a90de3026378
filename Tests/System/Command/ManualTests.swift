import Foundation
import TestSupport
import Testing

/// The man pages in conf/man, which are committed and generated.
@Suite(.programs) struct ManualTests {
  static let pages = ["clerk-sync.1", "clerk-sync.env.5", "clerk-sync.fcgi.8"]

  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  @Test func `The pages match the help texts and the example settings`() throws {
    let generator = try ChildProcess(
      Project.file("conf/man/generate"), [Command.executable, folder.path], output: folder.file("log"))
    try #require(generator.exitStatus() == 0, "\(generator.log)")
    for page in Self.pages {
      let committed = FileManager.default.contents(atPath: Project.file("conf/man/\(page)"))
      let generated = try #require(FileManager.default.contents(atPath: folder.file(page)))
      let isCurrent = committed == generated
      #expect(isCurrent, "conf/man/\(page) is out of date: run `make man` and commit the result")
    }
  }

  @Test(arguments: pages) func `A page is valid mdoc`(page: String) throws {
    let lint = try ChildProcess(
      "/usr/bin/mandoc", ["-Tlint", "-Wwarning", Project.file("conf/man/\(page)")],
      output: folder.file("log"))
    #expect(lint.exitStatus() == 0, "\(lint.log)")
    #expect(lint.log.isEmpty)
  }
}
