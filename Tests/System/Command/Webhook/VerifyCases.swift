import Foundation
import TestSupport

/// Changes of deliveries in transit, and their explanations.
enum VerifyCases {
  typealias Case = VerifyTests.Case
  typealias Received = VerifyTests.Received

  static let rejected = [
    Case("signed long ago", "s in the past, more than 300") {
      $0.age = 3600
    },
    Case("signed in the future", "in the future, more than 300") { $0.age = -3600 },
    Case("another secret", "most likely the wrong secret") { $0.signedWith = VerifyTests.other },
    Case("LF added", "a trailing newline (LF) was added") { $0.body = $0.signed + [10] },
    Case("CR LF added", "a trailing newline (CR LF) was added") { $0.body = $0.signed + [13, 10] },
    Case("LF removed", "a trailing newline (LF) was removed") {
      $0.body = $0.signed
      $0.signed += [10]
    },
    Case("CR LF removed", "a trailing newline (CR LF) was removed") {
      $0.body = $0.signed
      $0.signed += [13, 10]
    },
    Case("white space around", "white space was added around") { $0.body = [32, 9] + $0.signed + [32] },
    Case("a byte order mark", "a byte order mark was added") { $0.body = [0xef, 0xbb, 0xbf] + $0.signed },
    Case("made CR LF", "were converted, LF became CR LF") {
      ($0.signed, $0.body) = (Array("{\n\"a\":\n1}".utf8), Array("{\r\n\"a\":\r\n1}".utf8))
    },
    Case("made LF", "were converted, CR LF became LF") {
      ($0.signed, $0.body) = (Array("{\r\n\"a\":\r\n1}\r\n".utf8), Array("{\n\"a\":\n1}\n".utf8))
    },
    Case("was compact", "had been compact JSON:") {
      $0.body = Array(
        """
        { "data" : {"id": "user_1", "url": "https:\\/\\/x\\/y", "name": "Zo\\u00eb \\u003cA\\u0026B\\u003e",
          "n": 1.0}, "type": "t" }
        """.utf8)
    },
    Case("was indented by 2, keys sorted", "had been JSON indented by 2, keys sorted") {
      $0.signed = Array("{\n  \"a\": [],\n  \"b\": [\n    1,\n    {}\n  ]\n}".utf8)
      $0.body = Array(#"{"b":[1,{}],"a":[]}"#.utf8)
    },
    Case("was indented by 4", "had been JSON indented by 4:") {
      ($0.signed, $0.body) = (Array("{\n    \"a\": null\n}\n".utf8), Array(#"{"a":null}"#.utf8))
    },
    Case(
      "was Python's", "had been JSON with a space after each comma and colon, non-ASCII characters escaped"
    ) {
      ($0.signed, $0.body) = (
        Array(#"{"a": "\u00eb\ud83d\ude00", "b": 1}"#.utf8), Array(#"{"a":"ë😀","b":1}"#.utf8)
      )
    },
    Case("was PHP's", "had been compact JSON, slashes and non-ASCII characters escaped") {
      ($0.signed, $0.body) = (Array(#"{"a":"\/\u00eb"}"#.utf8), Array(#"{"a":"/ë"}"#.utf8))
    },
    Case("was Go's", "had been compact JSON, <, > and & escaped") {
      ($0.signed, $0.body) = (Array(#"{"a":"\u003c\n\""}"#.utf8), Array(#"{"a":"<\u000a\u0022"}"#.utf8))
    },
    Case("compressed", "the body is compressed (gzip)") { $0.body = [0x1f, 0x8b, 8, 0] },
    Case("empty", "the body is empty") { $0.body = [] },
    Case("no headers", "no svix-* header at all") { $0.headers = { _ in ["host: example.org"] } },
    Case("a header missing", "no svix-timestamp: configure the web server") {
      $0.headers = { Received.lines($0).filter { !$0.contains("timestamp") } }
    },
    Case(
      "the wrong family complete", "no svix-signature: the webhook-* headers are complete, but are ignored"
    ) {
      $0.headers = { signed in
        let lines = Received.lines(signed)
        return lines.dropLast() + lines.map { $0.replacing("svix", with: "webhook") }
      }
    },
    Case("the other family fits", "the webhook-* headers match, the svix-* headers do not") {
      $0.headers = { signed in
        let lines = Received.lines(signed)
        return ["svix-id: other"] + lines.dropFirst() + lines.map { $0.replacing("svix", with: "webhook") }
      }
    },
    Case("a doubled header", "svix-id occurs 2 times") {
      $0.headers = { ["svix-id: msg_2"] + Received.lines($0) }
    },
    Case("a full stop", "the id contains a full stop") { $0.id = "msg.1" },
    Case("signed with milliseconds", "the timestamp is in milliseconds: send seconds") {
      $0.unit = .milliseconds
    },
    Case("milliseconds in transit", "matches with the timestamp in seconds: find what converts it") {
      $0.headers = { Received.lines($0).map { $0.contains("timestamp") ? "\($0)123" : $0 } }
    },
    Case("base64", "the body was encoded in base64, as API gateways do") {
      $0.body = Array(Data($0.signed).base64EncodedData())
    },
    Case("base64 in lines", "the body was encoded in base64, as API gateways do") {
      $0.body = Array(
        Data($0.signed).base64EncodedData(options: [.lineLength64Characters, .endLineWithLineFeed]))
    },
    Case("a timestamp with a fraction", "the timestamp is not a number of seconds") {
      $0.headers = { Received.lines($0).map { $0.contains("timestamp") ? "\($0).5" : $0 } }
    },
    Case("another version", "no v1 signature, only v1a and v2") {
      $0.headers = { Received.lines($0).dropLast() + ["svix-signature: v2,AAAA v1a,BBBB"] }
    },
    Case("a signature cut short", "a v1 signature of 34 characters, expected 44") {
      $0.headers = { Received.lines($0).map { $0.contains("signature") ? String($0.dropLast(10)) : $0 } }
    },
    Case("white space inside", "matches without the white space inside the headers") {
      $0.headers = { Received.lines($0).dropLast() + ["svix-signature: v1, \($0.signature.dropFirst(3))"] }
    },
  ]
}
