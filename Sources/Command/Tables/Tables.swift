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
    subcommands: [TablesSuggest.self, TablesCheck.self, TablesShow.self])
}

/// `clerk-sync tables suggest`
struct TablesSuggest: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suggest", abstract: "Print a mapping file for an existing database.",
    discussion: """
      Reads the schema of the database and the form of its times, and prints a mapping (JSON5) for the tables that hold \
      users, organizations and memberships. Comments list what could not be decided. Changes nothing, and prints no \
      value of any row. CLERK_SYNC_TABLES is ignored.

      The exit status is 1 if no table looks like one of users.
      """)

  @OptionGroup var settings: SettingsOptions

  func run() throws {
    let database = try settings.configuration(ignoring: "CLERK_SYNC_TABLES").database
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

/// `clerk-sync tables check`
struct TablesCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check that Clerk's objects can be stored in the mapped tables.",
    discussion: """
      Inserts, updates and deletes a made-up object in each mapped table, with each role that the mapping permits, and \
      rolls back. The application's triggers run too, and are rolled back. Prints a line for each table: ok, or the \
      first problem and its remedy; and one for each foreign key that blocks a change of a row to which other rows refer, \
      directly or through other tables. Changes nothing, and prints no value of any row.

      The exit status is 1 if there is a problem.
      """)

  @OptionGroup var settings: SettingsOptions

  func run() throws {
    let configuration = try settings.configuration()
    let store = UserStore(configuration)
    let problems = try store.trialProblems()
    let references = try store.blockingReferences()
    var table = Table([
      Table.Column(name: "entity"), Table.Column(name: "table"), Table.Column(name: "result"),
    ])
    for (entity, name) in configuration.mapping.tableNames {
      table.append([entity.rawValue, name, problems.first { $0.entity == entity }?.description ?? "ok"])
      for reference in references where reference.entity == entity {
        table.append([entity.rawValue, reference.table, "\(reference.what); \(reference.remedy)"])
      }
    }
    print(table.text(width: nil), terminator: "")
    if !problems.isEmpty || !references.isEmpty { throw ExitCode(.attention) }
  }
}

/// `clerk-sync tables show`
struct TablesShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show the mapping that is in use.",
    discussion: """
      Prints each column that clerk-sync writes, what it gets, and when: with the key, with every change, at the creation \
      of the row, or at its deletion. Paths are those of an object in Clerk's events. Does not open the database.
      """)

  @Flag(name: .customLong("sql"), help: "Print the SQL statements instead.")
  var printsSQL = false

  @OptionGroup var settings: SettingsOptions

  func run() throws {
    let mapping = try settings.configuration().mapping
    if printsSQL {
      for statement in mapping.statements {
        print("-- \(statement.entity.rawValue): \(statement.purpose)\n\(statement.sql.singleLine);")
      }
      return
    }
    let names = ["entity", "table", "column", "from", "when"]
    var table = Table(names.map { Table.Column(name: $0) })
    for column in mapping.columns {
      table.append([column.entity.rawValue, column.table, column.column, column.source, column.occasion])
    }
    print(table.text(width: nil), terminator: "")
  }
}
