import ClerkSync
import Gateway
import Queue
import Redis
import Settings
import Svix

/// Every way in which a request can fail, gathered from the layers below.
enum RequestFailure: Error {
  case notFound
  case methodNotAllowed(allowed: String)
  case request(RequestError)
  case configuration(ConfigurationError)
  case missingSecret
  /// No signature fits a body that something on the way has compressed.
  case compressedBody
  case delivery(DeliveryError)
  case unhealthy(StoreError)
  /// The admin token is missing, or another one came.
  case unauthorized(isTokenWrong: Bool)
  /// A parameter of the URL cannot be used; the message is for whoever sent it and holds no value.
  case parameter(String)
  case unknownUser
  /// So much is being read at this moment that deliveries would have to wait.
  case busy
  case queue(RedisError)
  case queueUnhealthy(RedisError)

  /// The failure's name in answers and in the log.
  var code: String {
    switch self {
    case .notFound: "not_found"
    case .methodNotAllowed: "method_not_allowed"
    case .request(.bodyTooLarge): "body_too_large"
    case .request: "incomplete_body"
    case .configuration: "configuration_error"
    case .missingSecret: "missing_secret"
    case .compressedBody: "invalid_signature"
    case .delivery(let error): error.code
    case .queue: "queue_error"
    case .unhealthy: "unavailable"
    case .queueUnhealthy: "queue_unavailable"
    case .unauthorized: "unauthorized"
    case .parameter: "invalid_parameter"
    case .unknownUser: "not_found"
    case .busy: "busy"
    }
  }
}

extension RequestFailure {
  /// What was wrong and what to do about it, for the operator's log. Holds no secret, address or payload.
  var reason: String? {
    switch self {
    case .notFound, .methodNotAllowed, .unknownUser, .busy: nil
    case .unauthorized(let isTokenWrong):
      isTokenWrong ? "the bearer token is not CLERK_SYNC_ADMIN_TOKEN" : "no bearer token"
    case .parameter(let message): message
    case .request(let error): Self.reason(error)
    case .configuration(let error): error.description
    case .missingSecret:
      "set CLERK_WEBHOOK_SIGNING_SECRET, or CLERK_WEBHOOK_SIGNING_SECRET_FILE, "
        + "to the endpoint's signing secret from the Clerk dashboard"
    case .compressedBody:
      "no matching signature, and the body is compressed, which Svix does not do: let no proxy or CDN on the way "
        + "compress or change it"
    case .delivery(let error): error.reason
    case .unhealthy(let error): error.description
    case .queue(let error), .queueUnhealthy(let error): error.reason
    }
  }

  private static func reason(_ error: RequestError) -> String {
    switch error {
    case .malformedContentLength: "CONTENT_LENGTH is not a decimal number"
    case .bodyTooLarge(let limit): "longer than CLERK_SYNC_MAX_BODY, \(limit) bytes"
    case .incompleteBody(let expected, let received):
      "\(received) of \(expected.map(String.init) ?? "an unknown number of") bytes arrived"
    case .excessBody(let expected): "more than the announced \(expected) bytes arrived"
    }
  }
}

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
    case .delivery(.verification(.missingHeaders(let names))):
      answer(.badRequest, "Missing or empty: \(names.joined(separator: ", ")).")
    case .delivery(.verification), .compressedBody:
      answer(.badRequest, "The signature could not be verified.")
    case .delivery(.event(.malformed)):
      abort("The body is signed, but it is not a Clerk event.")
    case .delivery(.event(.noPrimaryEmail)):
      abort("The user has no primary e-mail address.")
    case .delivery(.event(.noUserID)):
      abort("The event names no user id.")
    case .delivery(.store):
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
