import ArgumentParser
import ClerkSync
import Foundation
import Logging
import Queue
import Settings

/// `clerk-sync worker`
struct Worker: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Apply queued deliveries to the database.",
    discussion: """
      Takes deliveries from the Redis queue at CLERK_SYNC_QUEUE and applies them in batches. Run it on the machine \
      with the database; several workers may run at once. It verifies each delivery again, so it needs the same \
      CLERK_WEBHOOK_SIGNING_SECRET as the receivers.

      The worker runs until SIGTERM or SIGINT, and finishes the current batch before it exits. It logs to standard \
      error.
      """)

  @Option(
    help: ArgumentHelp("Apply at most this many deliveries per transaction. (default: 500)", valueName: "n"),
    transform: Limit.init)
  var batch = Limit(rows: 500)

  @Option(
    help: ArgumentHelp(
      "Take over a delivery that another worker has not finished after this time. (default: 60s)",
      valueName: "age"),
    transform: Age.init)
  var minIdle = Age(milliseconds: 60_000)

  @Option(
    help: ArgumentHelp(
      "Attempts at a delivery that fails through its own fault, before it becomes a dead letter. "
        + "(default: 25, about a day)", valueName: "n"),
    transform: Limit.init)
  var tries = Limit(rows: 25)

  @OptionGroup var settings: SettingsOptions

  func validate() throws {
    guard minIdle.milliseconds >= 1000 else { throw ValidationError("--min-idle: expected at least 1s") }
    guard batch.rows <= 10_000 else { throw ValidationError("--batch: expected at most 10000") }
  }

  func run() async throws {
    let configuration = try settings.configuration()
    let queue = try settings.source.queueAddress()
    let secrets = try settings.source.secrets()
    var store = configuration.storeOptions
    store.connection = .shared
    var options = QueueWorker.Options()
    options.batch = batch.rows
    options.idle = .milliseconds(minIdle.milliseconds)
    options.tries = tries.rows
    options.instance = configuration.instance
    options.name = ProcessInfo.processInfo.hostName

    let logger = Logger(label: "clerk-sync") { _ in
      LineLogHandler(format: configuration.log, write: Terminal.log)
    }
    let stop = StopRequest()
    let worker = QueueWorker(
      queue: DeliveryQueue(queue), store: UserStore(database: configuration.database, options: store),
      secrets: secrets,
      options: options, logger: logger, stop: stop)
    logger.info(
      "worker started",
      metadata: ["queue": "\(queue)", "database": "\(configuration.database)", "name": "\(options.name)"])
    try await Interruption.cancelling {
      await withTaskCancellationHandler {
        var worker = worker
        worker.run()
      } onCancel: {
        stop.make()
      }
    }
    logger.info("worker stopped")
  }
}
