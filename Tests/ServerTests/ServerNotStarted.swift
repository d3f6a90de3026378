/// A server under test does not answer; `log` is what it said.
struct ServerNotStarted: Error {
  let log: String
}
