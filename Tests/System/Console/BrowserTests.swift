import TestSupport
import Testing

/// Tests of the console in Chromium, with the real handler behind nginx.
///
/// One browser at a time: it needs as many resources as all else together.
@Suite(.load) struct BrowserTests {
  @Test func `The token signs in, is limited to its tab, and is removed on sign-out`() throws {
    try play("sign_in")
  }

  @Test func `Without browser storage the token lasts as long as the page`() throws {
    try play("no_storage")
  }

  @Test func `The console works under a prefix`() throws {
    try play("prefix")
  }

  @Test func `Before the first delivery the console explains the next steps`() throws {
    try play("nothing_yet")
  }

  @Test func `A wrong token is rejected and not stored`() throws {
    try play("wrong_token")
  }

  @Test func `Without a configured token the console says how to set one`() throws {
    try play("switched_off", environment: [:])
  }

  @Test func `New deliveries appear without a reload, and keep the focus and scroll position`() throws {
    try play("arrival")
  }

  @Test func `Deliveries are filtered and paged`() throws {
    try play("narrowing")
  }

  @Test func `A filter with few matches is refreshed with one request per poll`() throws {
    try play("idle")
  }

  @Test func `A script error is reported and does not stop polling`() throws {
    try play("fault")
  }

  @Test func `The chart and its table agree`() throws {
    try play("chart")
  }

  @Test func `A failure is explained with its remedy, and disappears after a success`() throws {
    try play("failure")
  }

  @Test func `A refusal is explained, raises no alarm, and disappears after a later event`() throws {
    try play("refusal")
  }

  @Test func `100,000 users are paged and searched`() throws {
    try play("hundred_thousand")
  }

  @Test func `A user opens with row, version and history, at its own URL`() throws {
    try play("one_user")
  }

  @Test func `Organizations are searched, and link to their members, who link back`() throws {
    try play("organizations", tables: "organizations")
  }

  @Test func `An e-mail address is loaded only on request`() throws {
    try play("masked")
  }

  @Test func `Markup in data is shown as text`() throws {
    try play("markup")
  }

  @Test func `A stopped handler is reported, and the console recovers by itself`() throws {
    try play("unreachable")
  }

  @Test func `An unreadable database is reported, and the console recovers by itself`() throws {
    try play("unavailable")
  }

  @Test func `Silence is distinguished from health`() throws {
    let environment = ["CLERK_SYNC_ADMIN_TOKEN": BrowserSite.token, "CLERK_SYNC_SILENCE_HOURS": "1"]
    try play("silence", environment: environment)
  }

  @Test func `The queue's contents and problems are shown`() throws {
    try play("queue", hasQueue: true)
  }

  @Test func `The consumers of the change feed are shown with their problems`() throws {
    let environment = ["CLERK_SYNC_ADMIN_TOKEN": BrowserSite.token, "CLERK_SYNC_CHANGES": "on"]
    try play("changes", environment: environment)
  }

  @Test func `The last comparison with Clerk is shown, and drift that stays`() throws {
    try play("drift")
  }

  @Test func `A receive-only machine shows only its health and its queue`() throws {
    try play("receiver", hasQueue: true)
  }

  @Test func `A hidden tab sends no requests`() throws {
    try play("hidden")
  }

  /// Runs a scenario of scenarios.py, and records its failures.
  private func play(
    _ scenario: String, environment: [String: String] = ["CLERK_SYNC_ADMIN_TOKEN": BrowserSite.token],
    hasQueue: Bool = false, tables: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for problem in try BrowserSite.problems(
      of: scenario, environment: environment, hasQueue: hasQueue, tables: tables)
    {
      Issue.record("\(problem)", sourceLocation: sourceLocation)
    }
  }
}
