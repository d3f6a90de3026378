import Foundation
import TestSupport
import Testing

/// A database of an application, adopted with the mapping that the command suggests.
@Suite(.programs) struct AdoptionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let schema: String
    let table: String
    /// The columns to compare. The times of writing are those of the test.
    let columns: String
    let created: String
    let updated: String
    /// The rows that were there before.
    var others: [String] = []
    /// What an operator decides, where the suggestion says "check".
    var decisions: [(String, String)] = []

    var testDescription: String { schema }
  }

  private static let cases = [
    Case(
      schema: "drizzle-text-times", table: "users", columns: "id, clerk_id, email, name, created_at",
      created: #"[1,"user_1","ada@example.org","Ada Lovelace","2022-05-31 15:56:31"]"#,
      updated: #"[1,"user_1","eve@example.org","Eve Lovelace","2022-05-31 15:56:31"]"#),
    Case(
      schema: "no-password", table: "users", columns: "id, email, firstName, lastName, role, createdAt",
      created: #"["user_1","ada@example.org","Ada","Lovelace","USER",1654012591835]"#,
      updated: #"["user_1","eve@example.org","Eve","Lovelace","client",1654012591835]"#),
    Case(
      schema: "prisma-default-times", table: "User", columns: "id, clerkId, email, role, createdAt",
      created: #"["user_1","user_1","ada@example.org","USER",1654012591835]"#,
      updated: #"["user_1","user_1","eve@example.org","USER",1654012591835]"#,
      decisions: [(#"{ now: "iso" }"#, #"{ now: "ms" }"#), (#"as: "iso""#, #"as: "ms""#)]),
    Case(
      schema: "required-username", table: "users", columns: "id, email, firstName, role, username, createdAt",
      created: #"["user_1","ada@example.org","Ada","USER","",1654012591835]"#,
      updated: #"["user_1","eve@example.org","Eve","client","eve",1654012591835]"#),
    Case(
      schema: "checked-role", table: "users", columns: "id, email, firstName, role, createdAt",
      created: #"["user_1","ada@example.org","Ada","USER",1654012591835]"#,
      updated: #"["user_1","eve@example.org","Eve","USER",1654012591835]"#),
    Case(
      schema: "text-times", table: "users", columns: "id, email, firstName, role, createdAt",
      created: #"["user_1","ada@example.org","Ada","USER","2022-05-31 15:56:31"]"#,
      updated: #"["user_1","eve@example.org","Eve","client","2022-05-31 15:56:31"]"#,
      others: [#"["user_old","old@example.org","O","client","2024-05-01 10:00:00"]"#]),
    Case(
      schema: "indirect-reference", table: "users",
      columns: "id, email, firstName, password, role, createdAt",
      created: #"["user_1","ada@example.org","Ada",null,"USER",1654012591835]"#,
      updated: #"["user_1","eve@example.org","Eve",null,"client",1654012591835]"#,
      others: [#"["user_fk","fk@example.org","a","","client",1]"#]),
  ]

  private static func user(_ type: String, _ name: String, _ more: String, at time: Int) -> String {
    """
    {"type":"\(type)","timestamp":\(time),"data":{"id":"user_1","first_name":"\(name)","last_name":"Lovelace",\
    "email_addresses":[{"id":"idn_1","email_address":"\(name.lowercased())@example.org"}],\
    "primary_email_address_id":"idn_1","created_at":1654012591835,"updated_at":\(time),\(more)}}
    """
  }

  @Test(arguments: cases)
  func `The suggested mapping keeps the table`(example: Case) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("app.db")
    try ApplicationSchema.create(example.schema, at: path)
    let command = try Command.run(["tables", "suggest", "--database", "app.db"], in: folder)
    #expect(command.status == 0)
    var mapping = command.output
    for (suggestion, decision) in example.decisions {
      #expect(mapping.contains(suggestion), "\(mapping)")
      mapping = mapping.replacing(suggestion, with: decision)
    }
    let file = try folder.write(mapping, to: "tables.json5")
    let handler = try Handler(in: folder, environment: ["CLERK_SYNC_TABLES": file])

    func deliver(_ body: String) throws -> String? {
      let delivery = try SignedDelivery(body)
      let answer = try handler.answer(delivery.parameters, body: delivery.body)
      return answer?["outcome"] ?? answer?.body
    }
    func rows() throws -> [String?] {
      try ApplicationSchema.run(
        "SELECT json_array(\(example.columns)) FROM \(example.table) ORDER BY 1", at: path)
    }
    let metadata = #""username":null,"public_metadata":{"role":"USER"}"#
    #expect(try deliver(Self.user("user.created", "Ada", metadata, at: 1)) == "applied", "\(mapping)")
    #expect(try rows() == [example.created] + example.others)
    let none = #""username":"eve","public_metadata":{}"#
    #expect(try deliver(Self.user("user.updated", "Eve", none, at: 2)) == "applied")
    #expect(try rows() == [example.updated] + example.others)
    #expect(try deliver(Payload.deleted(id: "user_1")) == "applied")
    #expect(try rows() == example.others)
  }
}
