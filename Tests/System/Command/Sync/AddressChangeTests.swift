import Foundation
import TestSupport
import Testing

/// Addresses that went from one user to another while nothing was synchronized.
@Suite(.programs) struct AddressChangeTests {
  struct Setting: CustomTestStringConvertible {
    let command: [String]
    /// Whether the users come from a file.
    let hasFile: Bool
    /// Whether the table is an application's with a key of its own.
    let isMapped: Bool
    /// Whether clerk-sync wrote the rows. The application did otherwise.
    let isRecorded: Bool

    var testDescription: String {
      "\(command.joined(separator: " ")), \(hasFile ? "file" : "API"), \(isMapped ? "mapped" : "built-in"), "
        + (isRecorded ? "recorded" : "adopted")
    }
  }

  static let settings = [["backfill"], ["reconcile", "--apply"]].flatMap { command in
    [false, true].flatMap { hasFile in
      [false, true].flatMap { isMapped in
        [false, true].map { isRecorded in
          Setting(command: command, hasFile: hasFile, isMapped: isMapped, isRecorded: isRecorded)
        }
      }
    }
  }

  @Test(arguments: settings)
  func `Two users who exchanged addresses settle in one run`(setting: Setting) throws {
    let site = try Site(setting)
    let command = try site.run(["two@example.org", "one@example.org"])
    #expect(command.status == 0, "\(command.output)\(command.errors)")
    #expect(try site.addresses() == ["two@example.org", "one@example.org"])
    #expect(try site.run(["two@example.org", "one@example.org"]).status == 0)
  }

  @Test(arguments: settings)
  func `A user who has lost the address leaves it to another`(setting: Setting) throws {
    let site = try Site(setting)
    let command = try site.run([nil, "one@example.org"])
    #expect(command.output.contains("no primary e-mail address"))
    #expect(!command.output.contains("stored for another user"), "\(command.output)")
    #expect(try site.addresses() == ["user_0000000@no-email.invalid", "one@example.org"])
  }

  /// Two users, whose rows have the addresses one@example.org and two@example.org.
  private struct Site {
    private let setting: Setting
    private let site: SyncingSite

    init(_ setting: Setting) throws {
      self.setting = setting
      site = try SyncingSite(.init(count: 2))
      let mapping =
        "{ user: { table: 'people', key: { clerk_id: 'id' }, columns: { mail: 'email', name: 'name' } } }"
      try site.folder.write(mapping, to: "tables.json5")
      try site.folder.write(setting.isMapped ? "CLERK_SYNC_TABLES=tables.json5" : "", to: "settings")
      if setting.isMapped {
        try site.database.execute(
          "CREATE TABLE people (n INTEGER PRIMARY KEY, clerk_id TEXT UNIQUE, mail TEXT NOT NULL UNIQUE, name TEXT)"
        )
      }
      if setting.isRecorded {
        #expect(try apply(["backfill"], ["one@example.org", "two@example.org"], at: 1).status == 0)
      } else if setting.isMapped {
        try site.database.execute(
          """
          INSERT INTO people (clerk_id, mail) VALUES ('user_0000000', 'one@example.org'), ('user_0000001', 'two@example.org')
          """)
      } else {
        try site.database.execute(
          "CREATE TABLE users (id PRIMARY KEY, email UNIQUE, firstName, lastName, password, phone, role, createdAt, updatedAt)",
          "INSERT INTO users (id, email) VALUES ('user_0000000', 'one@example.org'), ('user_0000001', 'two@example.org')"
        )
      }
      #expect(
        try Command.run(["init", "--database", "app.db", "--env-file", "settings"], in: site.folder).status
          == 0)
    }

    /// Runs the command when Clerk's users have these addresses.
    func run(_ addresses: [String?]) throws -> Command { try apply(setting.command, addresses, at: 2) }

    func addresses() throws -> [String?] {
      try
        (setting.isMapped
        ? site.database.rows("SELECT mail FROM people ORDER BY clerk_id")
        : site.database.rows("SELECT email FROM users ORDER BY id")).map(\.[0])
    }

    /// `time` is that of the users' last change.
    private func apply(_ command: [String], _ addresses: [String?], at time: Int64) throws -> Command {
      var lines = ""
      for (number, address) in addresses.enumerated() {
        let id = ClerkServer.user(number).id
        let list = address.map { [["id": "idn_\(number)", "email_address": $0]] } ?? []
        site.clerk.settings.changes[id] = .init(addresses: list, updatedAt: time)
        let json = String(decoding: try JSONEncoder().encode(list), as: UTF8.self)
        lines +=
          #"{"id":"\#(id)","primary_email_address_id":"idn_\#(number)","email_addresses":\#(json),"updated_at":\#(time)}"#
          + "\n"
      }
      try site.folder.write(lines, to: "users.jsonl")
      let file = setting.hasFile ? ["--file", "users.jsonl"] : []
      return try site.run(
        command[0], options: command.dropFirst() + ["--env-file", "settings"] + file)
    }
  }
}
