import TestSupport
import Testing

/// The console in Chromium, through nginx, with the real handler.
///
/// One browser at a time, which takes as much of a machine as everything else here.
@Suite(.load) struct BrowserTests {
  @Test func `The token signs in, stays in its tab, and goes when one signs out`() throws {
    try play("sign_in")
  }

  @Test func `Where the browser keeps nothing the token lasts as long as the page`() throws {
    try play("no_storage")
  }

  @Test func `It works under a prefix`() throws {
    try play("prefix")
  }

  @Test func `Before the first delivery it says what to do`() throws {
    try play("nothing_yet")
  }

  @Test func `A wrong token is refused, and not kept`() throws {
    try play("wrong_token")
  }

  @Test func `Without a token in its settings it says how to set one, and goes on once there is one`() throws
  {
    try play("switched_off", environment: [:])
  }

  @Test func `What arrives is shown without a reload, and takes neither the focus nor the place`() throws {
    try play("arrival")
  }

  @Test func `Deliveries are narrowed down and paged through`() throws {
    try play("narrowing")
  }

  @Test func `A filter whose finds lie far down is kept up to date by one request a look`() throws {
    try play("idle")
  }

  @Test func `A fault of the page is told, and does not end its looking`() throws {
    try play("fault")
  }

  @Test func `The chart and its table say the same`() throws {
    try play("chart")
  }

  @Test func `A failure is explained with what to do, and leaves once it succeeds`() throws {
    try play("failure")
  }

  @Test func `A hundred thousand users are paged through and searched`() throws {
    try play("hundred_thousand")
  }

  @Test func `A user opens with row, version and history, under an address of its own`() throws {
    try play("one_user")
  }

  @Test func `An e-mail address is in the page only once it has been asked for`() throws {
    try play("masked")
  }

  @Test func `What looks like markup stays text`() throws {
    try play("markup")
  }

  @Test func `While the handler is down it says so, and it recovers by itself`() throws {
    try play("unreachable")
  }

  @Test func `While the database cannot be read it says so, and it recovers by itself`() throws {
    try play("unavailable")
  }

  @Test func `Silence is told from health`() throws {
    let environment = ["CLERK_SYNC_ADMIN_TOKEN": BrowserSite.token, "CLERK_SYNC_SILENCE_HOURS": "1"]
    try play("silence", environment: environment)
  }

  @Test func `What lies in the queue is told, and what is wrong with it`() throws {
    try play("queue", hasQueue: true)
  }

  @Test func `A machine that only receives shows its health and its queue alone`() throws {
    try play("receiver", hasQueue: true)
  }

  @Test func `A hidden tab asks for nothing`() throws {
    try play("hidden")
  }

  /// Plays a scenario of scenarios.py, and records what was wrong.
  private func play(
    _ scenario: String, environment: [String: String] = ["CLERK_SYNC_ADMIN_TOKEN": BrowserSite.token],
    hasQueue: Bool = false, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for problem in try BrowserSite.problems(of: scenario, environment: environment, hasQueue: hasQueue) {
      Issue.record("\(problem)", sourceLocation: sourceLocation)
    }
  }
}
