import Gateway
import Svix

extension RequestFailure {
  /// The answer to a failed request: the one place where an error becomes an HTTP status.
  ///
  /// The sender learns what it can act on; why a signature was refused, and what the database said, is
  /// for the log.
  var response: Response {
    switch self {
    case .notFound:
      answer(.notFound, "Nothing answers here: POST to /api/webhooks, or GET /api/health.")
    case .methodNotAllowed(let allowed):
      answer(.methodNotAllowed, "This path answers \(allowed) only.", headers: [("Allow", allowed)])
    case .request(.bodyTooLarge(let limit)):
      answer(.contentTooLarge, "The body is longer than the \(limit) bytes allowed here.")
    case .request(.malformedContentLength):
      answer(.badRequest, "Content-Length must be a decimal number of bytes.")
    case .request:
      answer(.badRequest, "The body is not as long as Content-Length says, or did not arrive in time.")
    case .configuration:
      answer(.internalServerError, "A setting of this server cannot be used; its log says which.")
    case .missingSecret:
      answer(.badRequest, "No webhook secret is configured: set CLERK_WEBHOOK_SIGNING_SECRET.")
    case .verification(.missingHeaders(let names)):
      answer(.badRequest, "Missing or empty: \(names.joined(separator: ", ")).")
    case .verification, .compressedBody:
      answer(.badRequest, "The signature could not be verified.")
    case .event(.malformed):
      abort("The body is signed, but it is not a Clerk event.")
    case .event(.noPrimaryEmail):
      abort("The user has no primary e-mail address.")
    case .event(.noUserID):
      abort("The event names no user id.")
    case .database:
      answer(.internalServerError, "The database could not be updated; nothing was written.")
    case .unhealthy:
      answer(.serviceUnavailable, "The database does not open, or its schema does not fit.")
    case .unauthorized(let isTokenWrong):
      answer(
        .unauthorized,
        isTokenWrong
          ? "The token is not the one that CLERK_SYNC_ADMIN_TOKEN holds here."
          : "Send CLERK_SYNC_ADMIN_TOKEN as a bearer token.",
        // RFC 6750, section 3.
        headers: [
          (
            "WWW-Authenticate",
            #"Bearer realm="clerk-sync"\#(isTokenWrong ? #", error="invalid_token""# : "")"#
          )
        ])
    case .busy:
      answer(
        .tooManyRequests, "As much is being read here as deliveries leave room for; ask again in a second.",
        headers: [("Retry-After", "1")])
    case .parameter(let message):
      answer(.badRequest, message)
    case .unknownUser:
      answer(.notFound, "Neither the users table nor the ledger knows this user.")
    case .queue:
      answer(.internalServerError, "The queue did not take the delivery.")
    case .queueUnhealthy:
      answer(.serviceUnavailable, "The queue does not answer.")
    }
  }

  private func answer(
    _ status: Status, _ message: String, headers: [(name: String, value: String)] = []
  ) -> Response {
    var object = JSONObject()
    object.append("error", code)
    object.append("message", message)
    return .json(status, object, headers: headers)
  }

  /// A refusal that no retry can repair; the header ends Svix's retries (docs.svix.com/retries).
  private func abort(_ message: String) -> Response {
    answer(.badRequest, message, headers: [("webhook-delivery", "abort-message")])
  }
}
