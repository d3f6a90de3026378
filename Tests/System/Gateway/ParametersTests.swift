import Testing

@testable import Gateway

@Suite struct ParametersTests {
  private let parameters = Parameters([("A", "1"), ("B", ""), ("A", "2")])

  @Test func `The first of several values is returned`() {
    #expect(parameters["A"] == "1")
  }

  @Test func `Every value is kept, in order`() {
    #expect(parameters.values(of: "A") == ["1", "2"])
    #expect(parameters.values(of: "C").isEmpty)
  }

  @Test func `Empty differs from absent, and names are case-sensitive`() {
    #expect(parameters["B"]?.isEmpty == true)
    #expect(parameters["a"] == nil)
  }

  @Test func `A prefix is found only at the beginning of a name`() {
    let parameters = Parameters([("HTTP_CLERK_SECRET", "")])
    #expect(!parameters.contains(prefix: "CLERK_"))
    #expect(parameters.contains(prefix: "HTTP_CLERK"))
  }

  @Test(arguments: [
    ("NAME=value", "NAME", "value"), ("NAME=", "NAME", ""), ("NAME=a=b==", "NAME", "a=b=="), ("=x", "", "x"),
    ("NÄME=ü", "NÄME", "ü"), ("NAME=\u{301}e", "NAME", "\u{301}e"),
  ])
  func `An entry is split at its first equals sign`(entry: String, name: String, value: String) {
    var parameters = Parameters()
    parameters.append(environmentEntry: entry.utf8)
    #expect(parameters[name] == value)
  }

  @Test func `An entry without an equals sign is skipped`() {
    var parameters = Parameters()
    parameters.append(environmentEntry: "NAME".utf8)
    #expect(!parameters.contains(prefix: ""))
  }
}
