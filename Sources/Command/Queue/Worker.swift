import ArgumentParser
import ClerkSync
import Foundation
import Logging
import Queue
import Settings

/// `clerk-sync worker`
struct Worker: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Apply what receivers have put into the queue to the database.",
    discussion: """
      Runs beside the database until SIGTERM or SIGINT, which it answers at the end of a batch. Several may run. It \
      verifies each delivery again, and so needs the receivers' CLERK_WEBHOOK_SIGNING_SECRET. Its log goes to standard \
      error.
      """)

  @Option(help: "How many deliveries go into one transaction at most. (default: 500)", transform: Limit.init)
  var batch = Limit(rows: 500)

  @Option(
    help: ArgumentHelp(
      "How long a delivery may lie with a worker before another takes it over. (default: 60s)",
      valueName: "age"),
    transform: Age.init)
  var minIdle = Age(milliseconds: 60_000)

  @Option(
    help: "How often a delivery is tried that fails by its own fault. (default: 25, which takes about a day)",
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
    options.name = ProcessInfo.processInfo.hostName

    let logger = Logger(label: "clerk-sync") { _ in
      LineLogHandler(format: configuration.log, write: Terminal.log)
    }
    let stop = StopRequest()
    let worker = QueueWorker(
      queue: DeliveryQueue(queue), store: UserStore(database: configuration.database, options: store),
      secrets: secrets,
      roles: configuration.roles, options: options, logger: logger, stop: stop)
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
