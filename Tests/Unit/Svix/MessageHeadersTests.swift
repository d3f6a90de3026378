import Svix
import Testing

@Suite struct MessageHeadersTests {
  private static let svix = ["svix-id": ["a"], "svix-timestamp": ["1"], "svix-signature": ["v1,x"]]
  private static let webhook = [
    "webhook-id": ["b"], "webhook-timestamp": ["2"], "webhook-signature": ["v1,y"],
  ]

  @Test(arguments: [
    Case("only svix", svix, id: "a"),
    Case("only webhook", webhook, id: "b"),
    Case("both", both([:]), id: "a"),
    Case(
      "webhook beside empty svix", both(["svix-id": [""], "svix-timestamp": [" "], "svix-signature": []]),
      id: "b"),
    Case("svix beside half of webhook", both(["webhook-id": [], "webhook-signature": [""]]), id: "a"),
    Case("svix beside doubled webhook", both(["webhook-id": ["b", "c"]]), id: "a"),
  ])
  func `The svix headers take precedence over the unbranded ones`(headers: Case) throws {
    let found = try MessageHeaders { headers.values[$0] ?? [] }
    #expect(found.id == headers.id)
    #expect(found.timestamp == (headers.id == "a" ? "1" : "2"))
    #expect(found.signature == (headers.id == "a" ? "v1,x" : "v1,y"))
  }

  @Test(arguments: [["id"], ["timestamp"], ["signature"], ["id", "timestamp"], ["timestamp", "signature"]])
  func `A missing header is not taken from the other family`(lacking: [String]) {
    for absence in [[], [""], [" \t"]] as [[String]] {
      let values = Self.both(Dictionary(uniqueKeysWithValues: lacking.map { ("svix-\($0)", absence) }))
      expect(.missingHeaders(lacking.map { "svix-\($0)" }), values)
    }
  }

  @Test(arguments: ["id", "timestamp", "signature"])
  func `The error names a missing unbranded header`(lacking: String) {
    var values = Self.webhook
    values["webhook-\(lacking)"] = nil
    expect(.missingHeaders(["webhook-\(lacking)"]), values)
  }

  @Test func `If all headers are missing, the error names the svix ones`() {
    let all = VerificationError.missingHeaders(["svix-id", "svix-timestamp", "svix-signature"])
    expect(all, [:])
    expect(all, Self.both([:]).mapValues { _ in [""] })
  }

  @Test(arguments: ["id", "timestamp", "signature"])
  func `A repeated header is refused, even with equal values`(name: String) {
    for family in ["svix", "webhook"] {
      var values = family == "svix" ? Self.svix : Self.webhook
      for second in ["a", "other"] {
        values["\(family)-\(name)"] = ["a", second]
        expect(.repeatedHeader("\(family)-\(name)"), values)
      }
    }
  }

  @Test(arguments: ["a ", " a", "\ta\t", "  a\r\n"])
  func `White space around a value is trimmed`(value: String) throws {
    var values = Self.svix
    values["svix-id"] = [value]
    #expect(try MessageHeaders { values[$0] ?? [] }.id == "a")
  }

  @Test func `White space inside a value is kept`() throws {
    var values = Self.svix
    values["svix-signature"] = [" v1,x  v1,y "]
    #expect(try MessageHeaders { values[$0] ?? [] }.signature == "v1,x  v1,y")
  }

  private func expect(
    _ error: VerificationError, _ values: [String: [String]],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(throws: error, sourceLocation: sourceLocation) { try MessageHeaders { values[$0] ?? [] } }
  }

  /// Returns both families, with some values replaced.
  private static func both(_ changes: [String: [String]]) -> [String: [String]] {
    svix.merging(webhook) { $1 }.merging(changes) { $1 }
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let values: [String: [String]]
    /// The expected id, which shows the family.
    let id: String

    init(_ name: String, _ values: [String: [String]], id: String) {
      (testDescription, self.values, self.id) = (name, values, id)
    }
  }
}
