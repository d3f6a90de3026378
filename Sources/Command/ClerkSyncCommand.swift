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
    abstract: "Looks after a users table that clerk-sync.fcgi keeps equal to Clerk.",
    discussion: """
      It reads the same settings as the handler: the environment variables CLERK_WEBHOOK_SIGNING_SECRET, \
      CLERK_SYNC_DATABASE and so on, and for those that are not set /etc/clerk-sync/clerk-sync.env, where that file \
      is there.

      EXIT STATUS
        0   done
        1   done, with something to look at: warnings, differences, nothing found
        2   not done
        64  the command line is not as expected (EX_USAGE)
        78  a setting is not as expected (EX_CONFIG)
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

  /// Runs the subcommand that the arguments name; tells an error in one line, whatever it is.
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
      // Help, the version, and the exit codes that commands end with are errors, too.
      exit(withError: error)
    }
  }
}

extension String {
  fileprivate var lines: [Substring] { split(whereSeparator: \.isNewline) }
}
