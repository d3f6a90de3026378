import Gateway
import Settings

/// The result of checking a request for the admin token.
enum Credentials {
  case absent
  case wrong
  case right

  /// Checks the bearer token in the Authorization header (RFC 6750, section 2.1). Another scheme may belong
  /// to the web server's own password and is ignored. A repeated header counts as absent.
  init(_ parameters: Parameters, token: AdminToken) {
    let values = parameters.values(ofHeader: "authorization")
    let words = values.first?.split(separator: " ") ?? []
    guard values.count == 1, let scheme = words.first, scheme.lowercased() == "bearer" else {
      self = .absent
      return
    }
    self = words.count == 2 && token.matches(words[1]) ? .right : .wrong
  }
}
