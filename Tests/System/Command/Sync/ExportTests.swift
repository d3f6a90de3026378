import Foundation
import TestSupport
import Testing

/// Users in the forms of Clerk's dashboard and of its JavaScript SDK.
@Suite(.programs) struct ExportTests {
  /// The header of Clerk's export.
  private static let header = """
    id,first_name,last_name,username,primary_email_address,primary_phone_number,verified_email_addresses,\
    unverified_email_addresses,verified_phone_numbers,unverified_phone_numbers,totp_secret,password_digest,password_hasher
    """

  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder(inMemory: true)
  }

  @Test func `The export leaves alone what it lacks in a row from before clerk-sync`() throws {
    let database = DatabaseFile(folder.file("app.db"))
    try database.execute(
      """
      CREATE TABLE users (id TEXT PRIMARY KEY, email TEXT UNIQUE, firstName TEXT, lastName TEXT, password TEXT, phone TEXT,
        role TEXT, createdAt INTEGER, updatedAt INTEGER)
      """,
      "INSERT INTO users VALUES ('user_1', 'old@example.org', 'A', 'B', 'hash', '1', 'admin', 1, 1)")
    try folder.write(
      "id,first_name,primary_email_address\nuser_1,Ada,ada@example.org\nuser_2,,eve@example.org\n",
      to: "users.csv")
    for command in ["backfill", "reconcile"] {
      let result = try Command.run([command, "--database", "app.db", "--file", "users.csv"], in: folder)
      #expect(result.status == 0, "\(result.output)\(result.errors)")
    }
    #expect(
      try database.rows("SELECT id, email, firstName, lastName, password, phone, role FROM users", columns: 7)
        == [
          ["user_1", "ada@example.org", "Ada", "B", "hash", "1", "admin"],
          ["user_2", "eve@example.org", "", "", "", nil, "client"],
        ])
  }

  @Test func `A mapping decides about a new row what the export lacks, and the time is that of the import`()
    throws
  {
    try ApplicationSchema.create("drizzle", at: folder.file("app.db"))
    let mapping = try ConfigurationFile("tables/drizzle.json5").text
    try folder.write(mapping, to: "tables.json5")
    try folder.write(
      "id,first_name,last_name,primary_email_address\nuser_1,Ada,Lovelace,ada@example.org\n", to: "users.csv")
    let command = try Command.run(
      ["backfill", "--database", "app.db", "--file", "users.csv"],
      environment: ["CLERK_SYNC_TABLES": "tables.json5"], in: folder)
    #expect(command.status == 0, "\(command.output)\(command.errors)")
    #expect(
      try DatabaseFile(folder.file("app.db")).rows(
        "SELECT clerk_id, email, name, role, abs(created_at - unixepoch()) < 3600 FROM users", columns: 5)
        == [["user_1", "ada@example.org", "Ada Lovelace", "user", "1"]])
  }

  @Test(arguments: ["\n", "\r\n"])
  func `The dashboard's export is read`(lineBreak: String) throws {
    let lines = [
      "\u{feff}" + Self.header,
      "user_1,Ada,Lovelace,,ada@example.org,,ada@example.org,,,,,,",
      #"user_2,"Eve, the ""second""","two\#(lineBreak)lines",eve,eve@example.org,+15555550100,"#
        + #""eve@example.org,e@example.org|v@example.org",,,,TOTPSECRET,$2a$DIGEST,bcrypt"#,
      "", "user_3,\u{301}Zoé, X ,,zoe@example.org,,,zoe@example.org,,,,,",
    ]
    try run(
      lines.joined(separator: lineBreak),
      rows: [
        ["user_1", "ada@example.org", "Ada", "Lovelace"],
        ["user_2", "eve@example.org", #"Eve, the "second""#, "two\(lineBreak)lines"],
        ["user_3", "zoe@example.org", "\u{301}Zoé", " X "],
      ])
  }

  @Test func `Only the columns that are there are read, in any order`() throws {
    try run(
      "new,\"primary_email_address\",id\n,ada@example.org,user_1\n\"x\",\"eve@example.org\",\"user_2\"",
      rows: [["user_1", "ada@example.org", "", ""], ["user_2", "eve@example.org", "", ""]])
  }

  @Test func `A record without an id or an address is skipped with its place`() throws {
    try folder.write(
      """
      id,first_name,primary_email_address,password_digest
      user_1,"a
      b",ada@example.org,$2a$DIGEST
      ,Eve,eve@example.org,$2a$DIGEST
      user_3,Zoe,,$2a$DIGEST

      """, to: "users.csv")
    let command = try Command.run(["backfill", "--database", "app.db", "--file", "users.csv"], in: folder)
    #expect(command.status == 1)
    #expect(command.output.contains("1  created"))
    #expect(command.output.contains("-        not as expected: line 4 has no id"), "\(command.output)")
    #expect(command.output.contains("user_3   no primary e-mail address"))
    #expect(!(command.output + command.errors).contains("DIGEST"))
  }

  @Test(arguments: [
    "user_1", "user_1,ada@example.org,$DIGEST,", #"user_1,"ada@example.org,$DIGEST"#, #"user_1,"a"b,$DIGEST"#,
    #"user_1,a"b,$DIGEST"#, #"user_1,"a" ,$DIGEST"#,
  ])
  func `A damaged record is an error that names its line`(record: String) throws {
    let text =
      "id,primary_email_address,password_digest\nuser_0,zoe@example.org,\n\(record)\nuser_2,eve@example.org,\n"
    try folder.write(text, to: "users.csv")
    let damaged = try Command.run(["backfill", "--database", "app.db", "--file", "users.csv"], in: folder)
    #expect(damaged.status == 2)
    #expect(
      damaged.errors.hasPrefix(
        "clerk-sync: users.csv: the record at line 3 is not CSV with a field for each column: "),
      "\(damaged.errors)")
    #expect(!damaged.errors.contains("DIGEST") && !damaged.errors.contains("@"))
  }

  @Test func `The export leaves a row that a webhook or Clerk's API wrote`() throws {
    try folder.write(Self.sdkUser("user_1", name: "New"), to: "new.json")
    try folder.write("id,first_name,primary_email_address\nuser_1,Old,old@example.org\n", to: "old.csv")
    for (file, count) in [("new.json", "1  created"), ("old.csv", "1  unchanged, newer here")] {
      let command = try Command.run(["backfill", "--database", "app.db", "--file", file], in: folder)
      #expect(command.status == 0)
      #expect(command.output.contains(count), "\(file): \(command.output)")
    }
    let reconcile = try Command.run(["reconcile", "--database", "app.db", "--file", "old.csv"], in: folder)
    #expect(reconcile.status == 0, "\(reconcile.output)")
  }

  @Test(arguments: ["list", "array", "lines", "one over several lines"])
  func `The objects of the JavaScript SDK are read`(form: String) throws {
    let users = [Self.sdkUser("user_1"), Self.sdkUser("user_2", name: #"{\"firstName\":[,"#)]
    let array = "[\(users.joined(separator: ","))]"
    let text =
      switch form {
      case "list": #"{"data":\#(array),"totalCount":2}"#
      case "array": array
      case "lines": users.joined(separator: "\n")
      default: "{\n \"totalCount\": 2,\n \"data\": [\n\(users.joined(separator: ",\n"))\n]}"
      }
    try run(
      text,
      rows: [
        ["user_1", "user_1@example.org", "Ada", "Lovelace"],
        ["user_2", "user_2@example.org", #"{"firstName":[,"#, "Lovelace"],
      ])
    #expect(try DatabaseFile(folder.file("app.db")).rows("SELECT DISTINCT role FROM users") == [["trainer"]])
  }

  @Test func `The keys of metadata remain as they are`() throws {
    let user = Self.sdkUser("user_1").replacing(#"{"role":"trainer""#, with: #"{"Role":"trainer""#)
    try run(user, rows: [["user_1", "user_1@example.org", "Ada", "Lovelace"]])
    #expect(try DatabaseFile(folder.file("app.db")).rows("SELECT role FROM users") == [["client"]])
  }

  @Test(arguments: ["{:", #"{"a":1:2}"#, #"{"_raw":}"#, #"{"firstName""#, "}:,]", #"{"publicMetadata":}}}"#])
  func `A malformed object is refused, and stops nothing else`(json: String) throws {
    try folder.write(json, to: "users.json")
    let command = try Command.run(["backfill", "--database", "app.db", "--file", "users.json"], in: folder)
    #expect([1, 2].contains(command.status), "\(json): \(command.status)")
  }

  private func run(_ text: String, rows: [[String]]) throws {
    try folder.write(text, to: "users")
    let command = try Command.run(["backfill", "--database", "app.db", "--file", "users"], in: folder)
    #expect(command.status == 0, "\(command.errors)\(command.output)")
    #expect(
      try DatabaseFile(folder.file("app.db"))
        .rows("SELECT id, email, firstName, lastName FROM users ORDER BY id", columns: 4) == rows)
  }

  private static func sdkUser(_ id: String, name: String = "Ada") -> String {
    """
    {"id":"\(id)","passwordEnabled":true,"createdAt":1699999999000,"updatedAt":1700000000000,"imageUrl":"",\
    "externalId":null,"primaryEmailAddressId":"idn_2","primaryPhoneNumberId":null,"username":null,\
    "_raw":{"id":"\(id)","first_name":"raw","email_addresses":[{}],"private_metadata":{"a":"}"}},\
    "firstName":"\(name)","lastName":"Lovelace","publicMetadata":{"role":"trainer","roleName":{"firstName":1}},\
    "emailAddresses":[{"id":"idn_1","emailAddress":"other@example.org","verification":{"status":"verified",\
    "externalVerificationRedirectURL":null},"linkedTo":[]},{"id":"idn_2","emailAddress":"\(id)@example.org",\
    "verification":null,"linkedTo":[]}],"phoneNumbers":[{"id":"idn_3","phoneNumber":"+15555550100"}],"lastSignInAt":null}
    """
  }
}
