import Gateway
import Settings

/// What a request shows of the admin token.
enum Credentials {
  case absent
  case wrong
  case right

  /// The bearer token of the Authorization header (RFC 6750, section 2.1). Another scheme is somebody else's, such as the
  /// web server's own password; two headers are no credentials.
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
