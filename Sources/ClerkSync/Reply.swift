import Gateway

/// A response and the word the log has for it.
struct Reply {
  let outcome: String
  let response: Response
  /// Whether it is asked for every few seconds and of no interest to the log.
  var isRoutine = false
}
