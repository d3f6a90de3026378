import ArgumentParser
import ClerkSync
import Foundation

/// `clerk-sync dead show`
struct DeadShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show one of them, or what Clerk sent.")

  @Argument(help: "The id that the list gives it.")
  var id: String

  @Flag(help: "Write the body alone, byte for byte; it holds the user's personal data.")
  var body = false

  @OptionGroup var source: SettingsSource

  func run() throws {
    let letter = try source.queue().deadLetter(withID: id)
    if body { return FileHandle.standardOutput.write(Data(letter.body)) }

    var facts = Table([.init(name: ""), .init(name: "", isFlexible: true)])
    facts.append(["id", letter.id])
    facts.append(["message", letter.messageID])
    facts.append(["type", letter.type])
    facts.append(["user", letter.userID])
    facts.append(["queued", "\(Timestamp(milliseconds: letter.queued))"])
    facts.append(["given up", "\(Timestamp(milliseconds: letter.buried)), after \(letter.tries) tries"])
    facts.append(["body", "\(letter.body.count) bytes"])
    print(facts.text(hasHead: false), terminator: "")
    if let reason = letter.reason { print(reason.singleLine.wrapped(indentation: "  ", first: "  ")) }
  }
}
