import Foundation

/// What an operator makes of an endpoint's answer.
extension HTTPExchange {
  /// The body in one line, cut where it is longer than an answer of the handler's would be.
  var excerpt: String {
    let words = String(decoding: body, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    return String(words.joined(separator: " ").singleLine.prefix(500))
  }

  private var location: String {
    header("location").flatMap(URL.init)?.shown.singleLine ?? "nowhere"
  }

  /// What an answer other than success means, and what to do.
  var advice: String {
    switch (status, self["error"]) {
    case (_, "missing_secret"?):
      "the handler has no secret: set CLERK_WEBHOOK_SIGNING_SECRET in its environment and start it anew"
    case (_, "missing_headers"?):
      "the svix headers did not arrive: let the web server and what is before it pass them on"
    case (_, "invalid_signature"?):
      "the endpoint has another secret, its clock is off, or the body was changed on the way: compare the secrets and "
        + "the clocks; the handler's log says which"
    case (_, "malformed_event"?), (_, "no_primary_email"?), (_, "no_user_id"?):
      "signed and verified, but no event that can be applied: correct the body"
    case (_, "incomplete_body"?):
      "the body was cut short on the way: look into the web server's error log"
    case (_, "configuration_error"?):
      "a setting that the web server passes cannot be used: the handler's log names it"
    case (_, "database_error"?), (_, "unavailable"?):
      "the database cannot be used: see the handler's log, or clerk-sync doctor"
    case (300...399, _):
      "redirected to \(location): Svix follows no redirect; use the final address"
    case (401, _), (403, _):
      "something before the handler wants a login or refuses: let requests to this path through"
    case (404, _):
      "nothing answers at this path: it has to end in /api/webhooks, and the web server has to pass it on"
    case (405, _):
      "this path takes no POST: it has to end in /api/webhooks"
    case (413, _):
      "too long for CLERK_SYNC_MAX_BODY, or for the web server (client_max_body_size)"
    case (429, _):
      "the web server limits the rate: exempt this path, or wait"
    case (500, _):
      "the web server or the program behind it failed: see its error log"
    case (502, _), (503, _):
      "the web server does not reach the handler: start it, and let its socket be reached by the web server's user"
    case (504, _):
      "the handler did not answer the web server in time: see its log, and what holds the database's lock"
    default:
      "not an answer of the handler's: check the URL, and what is before the handler"
    }
  }
}
