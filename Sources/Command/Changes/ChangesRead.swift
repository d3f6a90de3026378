import ArgumentParser
import ClerkSync
import Foundation
import Logging
import Settings
import Svix

/// `clerk-sync changes read`
struct ChangesRead: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "read",
    abstract: "List changes, or pass each one on to a command or a URL.",
    discussion: """
      Lists the newest change last, with times in UTC. A change names the object and not its content, which is in the \
      application's table. The exit status is 1 if no change matches.

      With --consumer, the command handles one change after the other, in the order of their numbers, and keeps the \
      position of the consumer in the database. A change is its JSON object, as --json prints it. Each is handled at \
      least once: after a crash, the last one is handled again. A change that fails is tried again after 1 s, 2 s, 4 s \
      and so on up to 60 s. After the last try it is set aside, and the next one follows; see `clerk-sync changes \
      failed` and `clerk-sync changes retry`. The command runs until SIGTERM or SIGINT, and logs to standard error.

      A command of --exec runs in a process group of its own, and its output goes where that of clerk-sync goes. A \
      request of --post has the headers webhook-id, webhook-timestamp and webhook-signature of Standard Webhooks, made \
      with CLERK_SYNC_CHANGES_SECRET. The webhook-id, `chg_` and the number of the change, is the same for each try.
      """)

  @Option(help: "Select only changes of this kind of object.")
  var entity: Entity?

  @Option(
    help: ArgumentHelp(
      "Select only changes that came from here. With webhook, a backfill is passed over.", valueName: "source"
    ))
  var source: ChangeSource?

  @OptionGroup(title: "To list") var list: List

  @OptionGroup(title: "To handle each change") var handling: Handling

  @OptionGroup var settings: SettingsOptions

  struct List: ParsableArguments {
    @Option(help: ArgumentHelp("List the changes after the one with this number.", valueName: "number"))
    var after: Int64?

    @Option(
      help: ArgumentHelp(
        "List at most this many changes: the first ones after --after, or the newest ones. "
          + "(default: 50, and no limit with --after)", valueName: "n"),
      transform: Limit.init)
    var limit: Limit?

    @Flag(help: "Keep running and print new changes as they are made.")
    var follow = false

    @Flag(help: "Print one JSON object per line, with times in milliseconds since 1970.")
    var json = false

    /// The name of an option that was given; nil if there is none.
    var given: String? {
      after != nil ? "--after" : limit != nil ? "--limit" : follow ? "--follow" : json ? "--json" : nil
    }
  }

  struct Handling: ParsableArguments {
    @Option(
      help: ArgumentHelp("Handle changes as the consumer with this name.", valueName: "name"),
      transform: ConsumerName.init)
    var consumer: ConsumerName?

    @Option(
      help: ArgumentHelp(
        "Run this command with /bin/sh for each change, which is on its standard input. Exit status 0 is success.",
        valueName: "command"))
    var exec: String?

    @Option(
      help: ArgumentHelp(
        "Post each change to this URL. A 2xx status is success; redirects are not followed.", valueName: "url"
      ),
      transform: URL.web)
    var post: URL?

    @Option(
      help: ArgumentHelp(
        "Where a new consumer begins: after the newest change, or with the oldest one. (default: now)"))
    var from: UserStore.ChangeStart?

    @Option(
      help: ArgumentHelp(
        "Tries of a change before it is set aside. (default: 10, about 4 minutes)", valueName: "n"),
      transform: Limit.init)
    var tries: Limit?

    @Option(
      help: ArgumentHelp(
        "Time for a command or a request. The process group of a command then gets SIGTERM, and SIGKILL 5 s later. "
          + "(default: 60s)", valueName: "age"),
      transform: Age.init)
    var timeout: Age?

    @Flag(help: "Exit when no change is left.")
    var once = false

    /// The name of an option that was given; nil if there is none.
    var given: String? {
      exec != nil
        ? "--exec"
        : post != nil
          ? "--post"
          : from != nil
            ? "--from" : tries != nil ? "--tries" : timeout != nil ? "--timeout" : once ? "--once" : nil
    }
  }

  func validate() throws {
    guard handling.consumer != nil else {
      if let option = handling.given { throw ValidationError("\(option) needs --consumer and a name") }
      if list.after != nil, list.limit != nil, list.follow {
        throw ValidationError(
          "--limit with --after and --follow would leave changes out: expected two of them")
      }
      return
    }
    if let option = list.given {
      throw ValidationError("\(option) only lists: expected it without --consumer")
    }
    guard (handling.exec == nil) != (handling.post == nil) else {
      throw ValidationError("--consumer needs either --exec and a command or --post and a URL")
    }
    guard (1000...Age.day).contains(handling.timeout?.milliseconds ?? 1000) else {
      throw ValidationError("--timeout: expected 1s to 1d")
    }
  }

  func run() async throws {
    let configuration = try settings.configuration()
    let filter = ChangeFilter(entity: entity, source: source)
    if let name = handling.consumer {
      try await consume(as: name, filter, configuration)
    } else {
      var listing = ChangeListing(store: UserStore(configuration), filter: filter, list)
      try await listing.run()
    }
  }

  private func consume(as name: ConsumerName, _ filter: ChangeFilter, _ configuration: Configuration)
    async throws
  {
    let timeout = Duration.milliseconds(handling.timeout?.milliseconds ?? 60_000)
    let action: any ChangeAction =
      if let url = handling.post {
        ChangeEndpoint(url, secret: try settings.source.changesSecret(), timeout: timeout)
      } else {
        ShellCommand(handling.exec ?? "", timeout: timeout)
      }
    let lock = try ConsumerLock(name, database: configuration.database)
    defer { lock.release() }
    let logger = Logger(label: "clerk-sync") { _ in
      LineLogHandler(format: configuration.log, write: Terminal.log)
    }
    let consumption = ChangeConsumption(
      store: UserStore(configuration), name: name.text, filter: filter, action: action,
      tries: handling.tries?.rows ?? 10, logger: logger)
    let (start, isOnce) = (handling.from ?? .now, handling.once)
    logger.info(
      "consumer started",
      metadata: [
        "consumer": "\(name.text)", "database": "\(configuration.database)", "action": "\(action)",
      ])
    do {
      try await Interruption.cancelling {
        var consumption = consumption
        try await consumption.run(from: start, once: isOnce)
      }
    } catch is CancellationError {
      // A signal ends the command successfully.
    }
    logger.info("consumer stopped", metadata: ["consumer": "\(name.text)"])
  }
}

extension SettingsSource {
  /// Returns the secret that signs changes. Throws if there is none.
  fileprivate func changesSecret() throws -> Secret {
    let variables = try variables()
    do throws(ConfigurationError) {
      if let secret = try Configuration.changesSecret(environment: { variables[$0] }) { return secret }
    } catch {
      throw CommandFailure(error)
    }
    throw CommandFailure(
      "no secret signs the requests of --post: set CLERK_SYNC_CHANGES_SECRET, or CLERK_SYNC_CHANGES_SECRET_FILE, to "
        + "whsec_ and base64, as `echo whsec_$(openssl rand -base64 32)` makes it", status: .configuration)
  }
}
