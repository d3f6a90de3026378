import Foundation
import TestSupport
import Testing

@Suite(.programs) struct BackfillFileTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder(inMemory: true)
  }

  /// Three users in each format; the last one has no e-mail address.
  static let forms: [(name: String, text: String)] = {
    let users = [user("user_1"), user("user_2"), #"{"id":"user_3","email_addresses":[]}"#]
    return [
      ("an array", "[\(users.joined(separator: ","))]"),
      ("an array over several lines", "[\n\(users.joined(separator: ",\n"))\n]\n"),
      ("data", #"{"data":[\#(users.joined(separator: ","))],"totalCount":3}"#),
      ("data over several lines", "{\n  \"data\": [\n\(users.joined(separator: ",\n"))\n]\n}"),
      ("lines", users.joined(separator: "\n")),
      ("lines with an end and empty ones", "\r\n" + users.joined(separator: "\r\n\r\n") + "\r\n"),
    ]
  }()

  @Test(arguments: forms.indices)
  func `Users are read in every format, from a file and from standard input`(form: Int) throws {
    let (name, text) = Self.forms[form]
    try folder.write(text, to: "users.json")
    for (database, source) in [("file.db", "users.json"), ("input.db", "-")] {
      let command = try Command.run(
        ["backfill", "--database", database, "--file", source], standardInput: text, in: folder)
      #expect(command.status == 1, "\(name): \(command.errors)")
      #expect(command.output.contains("2  created"), "\(name)")
      #expect(command.output.contains("user_3   no primary e-mail address"), "\(name): \(command.output)")
      let rows = try DatabaseFile(folder.file(database)).rows("SELECT id || email FROM users ORDER BY id")
      #expect(rows == [["user_1user_1@example.org"], ["user_2user_2@example.org"]], "\(name)")
    }
  }

  @Test func `Memory does not grow with the number of lines`() throws {
    var memory: [Int] = []
    for count in [10_000, 50_000] {
      let lines = (0..<count).map { Self.user("user_\($0)") }.joined(separator: "\n")
      // An open pipe keeps the program waiting for its end.
      let pipe = Pipe()
      let process = try ChildProcess(
        Command.executable, ["backfill", "--database", "\(count).db", "--file", "-"],
        standardInput: pipe.fileHandleForReading, folder: folder.path, output: folder.file("log"))
      try pipe.fileHandleForWriting.write(contentsOf: Data((lines + "\n").utf8))
      // All but the last page.
      let reached = eventually {
        let rows = try? DatabaseFile(folder.file("\(count).db")).rows("SELECT count(*) FROM users")
        return rows?.first?.first.flatMap { Int($0 ?? "") } ?? 0 >= count - 500
      }
      #expect(reached)
      memory.append(try process.peakMemory)
      try pipe.fileHandleForWriting.close()
      #expect(process.exitStatus() == 0)
    }
    #expect(Double(memory[1]) < 1.3 * Double(memory[0]), "\(memory)")
  }

  @Test(arguments: [
    (#"{"id":"user_1"}"# + "\n{", "users.json: line 2 does not contain Clerk's users as JSON"),
    ("{\n\"data\": 1\n}", "users.json: the file does not contain Clerk's users as JSON"),
    ("no JSON", "users.json: line 1 is neither JSON nor the header of a CSV file with a column \"id\""),
    (
      "\n\"first_name\",ID\n",
      "users.json: line 2 is neither JSON nor the header of a CSV file with a column \"id\""
    ),
    ("[1", "users.json: the file does not contain Clerk's users as JSON"),
    (nil, "users.json cannot be read: expected a file with Clerk's users as JSON or CSV"),
  ])
  func `A file without a list of users is reported in one line`(text: String?, message: String) throws {
    if let text { try folder.write(text, to: "users.json") }
    let command = try Command.run(["backfill", "--file", "users.json"], in: folder)
    #expect(command.status == 2)
    #expect(command.errors.hasPrefix("clerk-sync: \(message)"))
    #expect(command.errors.split(separator: "\n").count == 1)
  }

  @Test func `A user without updated_at does not overwrite a row`() throws {
    try folder.write(Self.user("user_1", name: "New"), to: "new.json")
    try folder.write(
      #"{"id":"user_1","first_name":"None","email_addresses":[{"id":"a","email_address":"a@example.org"}],"primary_email_address_id":"a"}"#,
      to: "none.json")
    for (file, count) in [
      ("none.json", "1  created"), ("new.json", "1  updated"), ("none.json", "1  unchanged, newer here"),
    ] {
      let command = try Command.run(["backfill", "--database", "app.db", "--file", file], in: folder)
      #expect(command.status == 0)
      #expect(command.output.contains(count), "\(file)")
    }
    #expect(try DatabaseFile(folder.file("app.db")).rows("SELECT firstName FROM users") == [["New"]])
  }

  @Test func `A value that is nested too deeply counts as null and stops no other user`() throws {
    let deep = String(repeating: "[", count: 600) + String(repeating: "]", count: 600)
    let users = ["user_1", "user_2", "user_3"].map { id in
      id == "user_2"
        ? Self.user(id).replacing(#""object":"user""#, with: #""unsafe_metadata":{"a":\#(deep)}"#)
        : Self.user(id)
    }
    for (number, text) in ["[\(users.joined(separator: ","))]", users.joined(separator: "\n")].enumerated() {
      try folder.write(text, to: "users.json")
      let command = try Command.run(
        ["backfill", "--database", "\(number).db", "--file", "users.json"], in: folder)
      #expect(command.status == 0)
      #expect(command.output.contains("3  created"))
      let path = "unsafe_metadata.a.0.0.0"
      #expect(
        command.errors.hasPrefix(
          "clerk-sync: user_2: JSON nested deeper than 100 levels counts as null: \(path)"),
        "\(command.errors)")
    }
  }

  private static func user(_ id: String, name: String = "Ada") -> String {
    """
    {"id":"\(id)","object":"user","first_name":"\(name)","last_name":null,"primary_email_address_id":"idn_1",\
    "email_addresses":[{"id":"idn_1","email_address":"\(id)@example.org"}],"public_metadata":{},"updated_at":1700000000000}
    """
  }
}
