import ArgumentParser
import ClerkSync

/// `clerk-sync changes failed`
struct ChangesFailed: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "failed", abstract: "List the changes that consumers have set aside, and why.",
    discussion: "The exit status is 1 if there are such changes.")

  @Argument(help: "List only those of this consumer.", transform: ConsumerName.init)
  var name: ConsumerName?

  @Flag(help: "Print one JSON object per line, with times in milliseconds since 1970.")
  var json = false

  @OptionGroup var settings: SettingsOptions

  func run() throws {
    let store = UserStore(try settings.configuration())
    let failed = try store.failedChanges(consumer: name.map { try store.consumer($0).name }, limit: .max)
    var list = Listing<FailedChange>(
      [
        .init(name: "consumer", isFlexible: true), .init(name: "number", isNumber: true),
        .init(name: "change"), .init(name: "kind"), .init(name: "id", isFlexible: true),
        .init(name: "tries", isNumber: true), .init(name: "set aside"), .init(name: "retry"),
        .init(name: "reason", isDetail: true),
      ], asJSON: json)
    try list.append(failed) { failed in
      [
        failed.consumer, "\(failed.change.seq)", failed.change.operation, failed.change.entity.singular,
        failed.change.id, "\(failed.tries)", "\(Timestamp(milliseconds: failed.failedAt))",
        failed.isDue ? "yes" : "no", failed.reason,
      ]
    }
    list.finish(ifEmpty: "No changes are set aside.")
    if !list.isEmpty { throw ExitCode(.attention) }
  }
}

/// `clerk-sync changes retry`
struct ChangesRetry: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry", abstract: "Have a consumer try changes again that it has set aside.",
    discussion: """
      The process of the consumer tries them before new changes, with the full number of tries.
      """)

  @Argument(help: "The name of the consumer.", transform: ConsumerName.init)
  var name: ConsumerName

  @Argument(help: "The numbers of the changes, as listed by `clerk-sync changes failed`. (default: all)")
  var numbers: [Int64] = []

  @OptionGroup var settings: SettingsOptions

  func run() throws {
    let store = UserStore(try settings.configuration())
    let consumer = try store.consumer(name).name
    try store.requireFailed(numbers, of: consumer)
    let count =
      try numbers.isEmpty
      ? store.retryChanges(consumer: consumer)
      : Set(numbers).map { try store.retryChanges(consumer: consumer, seq: $0) }.reduce(0, +)
    print("\(count) to be tried again")
  }
}

/// `clerk-sync changes drop`
struct ChangesDrop: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drop", abstract: "Give up changes that a consumer has set aside.",
    discussion: "They are not tried again.")

  @Argument(help: "The name of the consumer.", transform: ConsumerName.init)
  var name: ConsumerName

  @Argument(help: "The numbers of the changes, as listed by `clerk-sync changes failed`.")
  var numbers: [Int64]

  @OptionGroup var settings: SettingsOptions

  func run() throws {
    let store = UserStore(try settings.configuration())
    let consumer = try store.consumer(name).name
    try store.requireFailed(numbers, of: consumer)
    let count = try Set(numbers).count { try store.removeFailedChange(consumer: consumer, seq: $0) }
    print("\(count) dropped")
  }
}

extension UserStore {
  /// Throws a ``CommandFailure`` unless the consumer has set aside each of the changes.
  fileprivate func requireFailed(_ numbers: [Int64], of consumer: String) throws {
    let failed = Set(try failedChanges(consumer: consumer, limit: .max).map(\.change.seq))
    guard let unknown = numbers.first(where: { !failed.contains($0) }) else { return }
    throw CommandFailure(
      "\(consumer) has not set aside change \(unknown): see `clerk-sync changes failed \(consumer)`",
      status: .attention)
  }
}
