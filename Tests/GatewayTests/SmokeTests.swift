import TestSupport
import Testing

@Suite struct FastCGITests {
  @Test func `A signed delivery is applied`() throws {
    let handler = try Handler(in: TemporaryFolder())
    let answer = try #require(try handler.answer(Delivery(Payload.user(id: "user_1"))))
    #expect(answer.status == 200)
    #expect(answer["outcome"] == "applied")
    handler.process.send(15)
    #expect(handler.process.exitStatus() == 0)
  }
}
