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
        1   Success, but with warnings, differences or an empty result.
        2   Failure.
        64  The command line is invalid (EX_USAGE).
        78  A setting is missing or invalid (EX_CONFIG).
      """,
    version: Release.version,
    subcommands: [
      Init.self,
      Tables.self,
      Doctor.self,
      Users.self,
      Organizations.self,
      Deliveries.self,
      RetryList.self,
      Changes.self,
      Stats.self,
      Prune.self,
      Worker.self,
      Dead.self,
      Backfill.self,
      Reconcile.self,
      Pull.self,
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
      fail("\(error)", .failed)
    } catch let error as RedisError {
      fail(error.reason, .failed)
    } catch let failure as CommandFailure {
      fail("\(failure)", failure.status)
    } catch  where exitCode(for: error) == .validationFailure {
      fail("\(message(for: error).lines.joined(separator: " ")); see --help", .usage)
    } catch {
      // ArgumentParser also throws for --help, --version and a command's own ExitCode.
      exit(withError: error)
    }
  }

  private static func fail(_ message: String, _ status: ExitStatus) -> Never {
    Terminal.complain(message)
    exit(withError: ExitCode(status))
  }
}

extension String {
  fileprivate var lines: [Substring] { split(whereSeparator: \.isNewline) }
}
