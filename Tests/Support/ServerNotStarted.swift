/// A server under test does not answer; `log` is what it said.
public struct ServerNotStarted: Error {
  let log: String

  public init(log: String) {
    self.log = log
  }
}
