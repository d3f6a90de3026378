import ArgumentParser
import ClerkSync
import Foundation
import Queue
import Redis
import Settings

/// The operator's command.
@main
struct ClerkSyncCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clerk-sync",
    abstract: "Administer the users table that clerk-sync.fcgi keeps synchronized with Clerk.",
    discussion: """
      The command uses the same settings as the handler: CLERK_WEBHOOK_SIGNING_SECRET, CLERK_SYNC_DATABASE and so on. \
      It reads them from the environment; a variable that is not set there is taken from \
      /etc/clerk-sync/clerk-sync.env, if that file is readable. --env-file names another file.

      EXIT STATUS
        0   Success.
        1   Success, but the result needs attention: warnings, differences, or nothing found.
        2   Failure.
        64  The command line is invalid (EX_USAGE).
        78  A setting is missing or invalid (EX_CONFIG).
      """,
    version: Release.version,
    subcommands: [
      Init.self,
      Doctor.self,
      Users.self,
      Deliveries.self,
      RetryList.self,
      Stats.self,
      Prune.self,
      Worker.self,
      Dead.self,
      Backfill.self,
      Reconcile.self,
      Send.self,
      Sign.self,
      Verify.self,
    ]
  )

  /// Parses the arguments and runs the subcommand. Every error is reported in a single line.
  static func main() async {
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let error as StoreError {
      Terminal.complain("\(error)")
      exit(withError: ExitCode(ExitStatus.failed.rawValue))
    } catch let error as RedisError {
      Terminal.complain(error.reason)
      exit(withError: ExitCode(ExitStatus.failed.rawValue))
    } catch let failure as CommandFailure {
      Terminal.complain("\(failure)")
      exit(withError: ExitCode(failure.status.rawValue))
    } catch  where exitCode(for: error) == .validationFailure {
      Terminal.complain("\(message(for: error).lines.joined(separator: " ")); see --help")
      exit(withError: ExitCode(ExitStatus.usage.rawValue))
    } catch {
      // ArgumentParser also throws for --help, --version and a command's own ExitCode.
      exit(withError: error)
    }
  }
}

extension String {
  fileprivate var lines: [Substring] { split(whereSeparator: \.isNewline) }
}
