import TestSupport
import Testing

/// Text from a payload must not leave its cell on a terminal, nor control the terminal.
@Suite(.programs) struct ScreenTests {
  private static let lists = ["users", "deliveries", "retry-list", "stats"]
  private let site: ReadingSite

  init() throws {
    site = try ReadingSite()
    try site.fill()
    let long = String(repeating: "long", count: 30)
    try site.deliver(Payload.user(id: "user_\(long)", firstName: long, lastName: long))
    let wide = String(repeating: "漢字", count: 20)
    try site.deliver(Payload.user(id: "user_wide", firstName: wide, lastName: wide))
    let hostile = #"\u001b[2J\u001b]0;title\u0007\r\nroot\u009b31m\u202e\u2028"#
    try site.deliver(Payload.user(id: "user_\(hostile)", firstName: hostile, lastName: hostile))
    try site.deliver(Payload.user(id: "\(hostile)\(long)", email: "user_1@example.org"))
    try site.deliver(#"{"type":"\#(hostile)\#(long)"}"#)
  }

  @Test(arguments: lists, [[:], ["NO_COLOR": "1"]] as [[String: String]])
  func `Nothing exceeds 80 columns or controls the terminal`(list: String, environment: [String: String])
    throws
  {
    let screen = try site.screen(list, environment: environment)
    #expect(screen.status == (list == "retry-list" ? 1 : 0))
    #expect(screen.lines.count > 3)
    #expect(screen.width <= 80, "\(screen.text)")
    #expect(screen.isInert)
    #expect(screen.hasColour == (environment.isEmpty && ["deliveries", "stats"].contains(list)))
  }

  @Test(arguments: ["users", "deliveries", "retry-list"])
  func `JSON cannot control the terminal either`(list: String) throws {
    let screen = try site.screen(list, "--json")
    #expect(screen.isInert)
    #expect(
      !screen.text.unicodeScalars.contains { $0.properties.generalCategory == .format || $0 == "\u{2028}" })
    #expect(screen.text.contains(#"\u009b"#))
  }

  @Test(arguments: lists)
  func `Piped output has neither colours nor wrapped rows`(list: String) throws {
    let command = try site.run(list)
    #expect(!command.output.contains("\u{1b}"))
    #expect(!command.output.contains("…"))
    if list != "stats" { #expect(command.output.contains(String(repeating: "long", count: 30))) }
  }

  @Test func `init and prune fit the screen`() throws {
    for arguments in [["init"], ["prune"], ["prune", "--dry-run"]] {
      let screen = try Screen(arguments + ["--database", "app.db"], environment: [:], in: site.folder)
      #expect(screen.status == 0)
      #expect(screen.width <= 80, "\(screen.text)")
    }
  }
}
