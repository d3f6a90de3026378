import ArgumentParser
import ClerkSync
import Settings

/// `clerk-sync changes consumers`
struct ChangesConsumers: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "consumers", abstract: "List the consumers of the change feed.",
    discussion: """
      `pending` counts the changes after the position of a consumer, `oldest` is the age of the first of them, and \
      `failed` counts those that it has set aside. Pruning removes no pending change.
      """)

  @Flag(help: "Print one JSON object per line, with times in milliseconds since 1970.")
  var json = false

  @OptionGroup var settings: SettingsOptions

  func run() throws {
    var list = Listing<ChangeConsumer>(
      [
        .init(name: "name", isFlexible: true), .init(name: "position", isNumber: true),
        .init(name: "pending", isNumber: true), .init(name: "oldest"), .init(name: "failed", isNumber: true),
        .init(name: "last handled"),
      ], asJSON: json)
    try list.append(UserStore(settings.configuration()).consumers()) { consumer in
      [
        consumer.name, "\(consumer.position)", "\(consumer.pending)",
        consumer.oldestPending.map { Timestamp(milliseconds: $0).age }, "\(consumer.failed)",
        consumer.lastHandled.map { "\(Timestamp(milliseconds: $0))" },
      ]
    }
    list.finish(ifEmpty: "No consumers.")
  }
}

/// `clerk-sync changes forget`
struct ChangesForget: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forget", abstract: "Remove a consumer, which loses its position.",
    discussion: "Its process must have stopped. Pruning no longer keeps changes for it.")

  @Argument(help: "The name of the consumer.", transform: ConsumerName.init)
  var name: ConsumerName

  @Flag(help: "Remove it even if changes are pending or set aside.")
  var force = false

  @OptionGroup var settings: SettingsOptions

  func run() throws {
    let configuration = try settings.configuration()
    let store = UserStore(configuration)
    let lock = try ConsumerLock(name, database: configuration.database)
    defer { lock.release() }
    let consumer = try store.consumer(name)
    guard force || consumer.pending == 0 && consumer.failed == 0 else {
      throw CommandFailure(
        "\(name.text) has \(consumer.pending) pending changes and \(consumer.failed) set aside: expected --force to give "
          + "them up", status: .attention)
    }
    try store.removeConsumer(name.text)
    print("\(name.text) removed")
  }
}

extension UserStore {
  /// Returns the consumer given as an argument. Throws a ``CommandFailure`` if there is none.
  func consumer(_ name: ConsumerName) throws -> ChangeConsumer {
    guard let consumer = try consumers().first(where: { $0.name == name.text }) else {
      throw CommandFailure(
        "no consumer has the name \(name.text): see `clerk-sync changes consumers`", status: .attention)
    }
    return consumer
  }
}
