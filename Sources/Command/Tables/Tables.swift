import ArgumentParser
import ClerkSync
import Settings

/// `clerk-sync tables`
struct Tables: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Map the application's own tables.",
    discussion: """
      A mapping file names the tables and columns of the application that clerk-sync keeps equal to Clerk. Without one, \
      it keeps the built-in users table.
      """,
    subcommands: [TablesSuggest.self])
}

/// `clerk-sync tables suggest`
struct TablesSuggest: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suggest", abstract: "Print a mapping file for an existing database.",
    discussion: """
      Reads the schema of the database and the form of its times, and prints a mapping (JSON5) for the tables that hold \
      users, organizations and memberships. Comments list what could not be decided. Changes nothing, and prints no \
      value of any row.

      The exit status is 1 if no table looks like one of users.
      """)

  @OptionGroup var settings: SettingsOptions

  func run() throws {
    let database = try settings.configuration().database
    guard let suggestion = try Suggestion(database: database) else {
      throw CommandFailure(
        "\(database): no table looks like one of users: looked for users, accounts, profiles, members, people or "
          + "customers, with a column such as clerk_id, external_id, auth_id or email, and for any table with clerk_id "
          + "and email; clerk-sync init makes a users table",
        status: .attention)
    }
    print(suggestion.text, terminator: "")
  }
}
