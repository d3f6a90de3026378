import Gateway

/// A response and the word the log has for it.
struct Reply {
  let outcome: String
  let response: Response
}
