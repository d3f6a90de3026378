import ArgumentParser
import ClerkSync

/// `clerk-sync init`
struct Init: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Create the database, or adopt the one that is there.",
    discussion: "Makes what is missing and changes nothing else, so it can be repeated.")

  @OptionGroup var settings: Settings

  func run() throws {
    let configuration = try settings.configuration()
    do {
      try UserStore(database: configuration.database).prepare()
    } catch {
      throw CommandFailure(error)
    }
    print("\(configuration.database) is ready")
  }
}
