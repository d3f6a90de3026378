import Testing

@testable import Gateway

@Suite struct ResponseTests {
  private let response = Response(
    status: .ok, headers: [("Allow", "GET"), ("Allow", "HEAD")], body: Array("{}\n".utf8))
  private let head = "Status: 200 OK\r\nAllow: GET\r\nAllow: HEAD\r\nContent-Length: 3\r\n\r\n"

  @Test(arguments: ["POST", "GET", "head", nil])
  func `A response has the status, the headers in order, the length and the body`(method: String?) {
    #expect(response.serialized(for: method) == Array("\(head){}\n".utf8))
  }

  @Test func `The answer to HEAD is the answer to GET without its body`() {
    #expect(response.serialized(for: "HEAD") == Array(head.utf8))
  }

  @Test func `An empty body has the length 0`() {
    let response = Response(status: .notFound)
    #expect(
      response.serialized(for: "GET") == Array("Status: 404 Not Found\r\nContent-Length: 0\r\n\r\n".utf8))
  }

  @Test func `The length counts bytes, not characters`() {
    let response = Response(status: .ok, body: Array("é".utf8))
    #expect(
      String(decoding: response.serialized(for: "GET"), as: UTF8.self).contains("Content-Length: 2\r\n"))
  }
}
