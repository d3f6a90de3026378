import Foundation
import TestSupport
import Testing

/// Tests of failures that require the operator, through nginx.
@Suite(.programs) struct RefusalTests {
  @Test func `Without a secret the answer is 400, and the log says how to set it`() throws {
    let server = try NginxServer(environment: ["CLERK_WEBHOOK_SIGNING_SECRET": ""])
    let answer = try server.answer(server.request(Payload.user(id: "user_1")))
    #expect(answer.status == 400)
    #expect(answer["error"] == "missing_secret")
    #expect(server.errorLog.contains("set CLERK_WEBHOOK_SIGNING_SECRET"))
  }

  @Test func `An unusable database is answered 500, and the retry is applied after the repair`() throws {
    let server = try NginxServer()
    try DatabaseFile(server.database).execute("ALTER TABLE users RENAME COLUMN role TO function")
    let request = server.request(Payload.user(id: "user_1"))
    let answer = try server.answer(request)
    #expect(answer.status == 500)
    #expect(answer["error"] == "database_error")
    #expect(server.errorLog.contains("the table must be users(id, email, "))
    try DatabaseFile(server.database).execute("ALTER TABLE users RENAME COLUMN function TO role")
    #expect(try server.answer(request).status == 200)
  }
}
