import TestSupport
import Testing

/// The console in Chromium, through nginx, with the real handler.
///
/// One browser at a time, which takes as much of a machine as everything else here.
@Suite(.serialized) struct BrowserTests {
  @Test func `The token signs in, stays in its tab, and goes when one signs out`() throws {
    #expect(try ConsoleSite.problems(of: "sign_in") == [])
  }

  @Test func `Before the first delivery it says what to do`() throws {
    #expect(try ConsoleSite.problems(of: "nothing_yet") == [])
  }

  @Test func `A wrong token is refused, and not kept`() throws {
    #expect(try ConsoleSite.problems(of: "wrong_token") == [])
  }

  @Test func `Without a token in its settings it says how to set one, and goes on once there is one`() throws {
    #expect(try ConsoleSite.problems(of: "switched_off", environment: [:]) == [])
  }

  @Test func `What arrives is shown without a reload, and takes neither the focus nor the place`() throws {
    #expect(try ConsoleSite.problems(of: "arrival") == [])
  }

  @Test func `Deliveries are narrowed down and paged through`() throws {
    #expect(try ConsoleSite.problems(of: "narrowing") == [])
  }

  @Test func `The chart and its table say the same`() throws {
    #expect(try ConsoleSite.problems(of: "chart") == [])
  }

  @Test func `A failure is explained with what to do, and leaves once it succeeds`() throws {
    #expect(try ConsoleSite.problems(of: "failure") == [])
  }

  @Test func `A hundred thousand users are paged through and searched`() throws {
    #expect(try ConsoleSite.problems(of: "hundred_thousand") == [])
  }

  @Test func `A user opens with row, version and history, under an address of its own`() throws {
    #expect(try ConsoleSite.problems(of: "one_user") == [])
  }

  @Test func `An e-mail address is in the page only once it has been asked for`() throws {
    #expect(try ConsoleSite.problems(of: "masked") == [])
  }

  @Test func `What looks like markup stays text`() throws {
    #expect(try ConsoleSite.problems(of: "markup") == [])
  }

  @Test func `While the handler is down it says so, and it recovers by itself`() throws {
    #expect(try ConsoleSite.problems(of: "unreachable") == [])
  }

  @Test func `While the database cannot be read it says so, and it recovers by itself`() throws {
    #expect(try ConsoleSite.problems(of: "unavailable") == [])
  }

  @Test func `Silence is told from health`() throws {
    let environment = ["CLERK_SYNC_ADMIN_TOKEN": ConsoleSite.token, "CLERK_SYNC_SILENCE_HOURS": "1"]
    #expect(try ConsoleSite.problems(of: "silence", environment: environment) == [])
  }

  @Test func `A hidden tab asks for nothing`() throws {
    #expect(try ConsoleSite.problems(of: "hidden") == [])
  }
}
