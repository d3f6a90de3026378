import ClerkSync
import Gateway
import Queue
import Redis
import Settings
import Svix

/// All ways in which a request can fail, including the errors of the layers below.
enum RequestFailure: Error {
  case notFound
  case methodNotAllowed(allowed: String)
  case request(RequestError)
  case configuration(ConfigurationError)
  case missingSecret
  /// No signature matches, and a proxy or CDN has compressed the body.
  case compressedBody
  case delivery(DeliveryError)
  case unhealthy(StoreError)
  /// The admin token is missing, or does not match.
  case unauthorized(isTokenWrong: Bool)
  /// A parameter of the URL is invalid. The message is sent to the client and contains no value.
  case parameter(String)
  case unknownUser
  case unknownOrganization
  /// Too many reads are in progress; another one could delay deliveries.
  case busy
  case queue(RedisError)
  case queueUnhealthy(RedisError)

  /// The name of the failure in responses and in the log.
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
    case .unknownUser, .unknownOrganization: "not_found"
    case .busy: "busy"
    }
  }
}

extension RequestFailure {
  /// Describes the failure and its remedy in the operator's log. Contains no secret, e-mail address or
  /// payload.
  var reason: String? {
    switch self {
    case .notFound, .methodNotAllowed, .unknownUser, .unknownOrganization, .busy: nil
    case .unauthorized(let isTokenWrong):
      isTokenWrong ? "the bearer token does not match CLERK_SYNC_ADMIN_TOKEN" : "no bearer token"
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
  /// The response to a failed request. This is the one place where an error becomes an HTTP status.
  ///
  /// The response tells the sender what it can act on. The reason why a signature was refused and the error
  /// of the database appear in the log only.
  var response: Response {
    switch self {
    case .notFound:
      answer(.notFound, "There is nothing at this path: POST to /api/webhooks, or GET /api/health.")
    case .methodNotAllowed(let allowed):
      answer(.methodNotAllowed, "This path answers \(allowed) only.", headers: [("Allow", allowed)])
    case .request(.bodyTooLarge(let limit)):
      answer(.contentTooLarge, "The body is longer than the \(limit) bytes allowed here.")
    case .request(.malformedContentLength):
      answer(.badRequest, "Content-Length must be a decimal number of bytes.")
    case .request:
      answer(.badRequest, "The body does not match Content-Length, or did not arrive in time.")
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
    case .delivery(.event(.noPrimaryEmail(_, _, _, isExample: true))):
      abort(
        "The user has no primary e-mail address: email_addresses is empty although there is a "
          + "primary_email_address_id. This is what an example event of the Clerk dashboard looks like; a real event "
          + "has the address.")
    case .delivery(.event(.noPrimaryEmail)):
      abort("The user has no primary e-mail address.")
    case .delivery(.event(.noUserID)):
      abort("The event has no user id.")
    case .delivery(.event(.wrongInstance(_, let isMissing))):
      abort(
        isMissing
          ? "The event does not say from which Clerk instance it is, which this endpoint requires."
          : "The event is from another Clerk instance than the one that this endpoint accepts.")
    case .delivery(.store):
      answer(.internalServerError, "The database could not be updated; nothing was written.")
    case .unhealthy:
      answer(.serviceUnavailable, "The database cannot be opened, or its schema does not match.")
    case .unauthorized(let isTokenWrong):
      answer(
        .unauthorized,
        isTokenWrong
          ? "The bearer token does not match CLERK_SYNC_ADMIN_TOKEN."
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
        .tooManyRequests, "Too many reads are in progress; retry in a second.",
        headers: [("Retry-After", "1")])
    case .parameter(let message):
      answer(.badRequest, message)
    case .unknownUser:
      answer(.notFound, "Neither the users table nor the ledger knows this user.")
    case .unknownOrganization:
      answer(.notFound, "Neither the organizations table nor the ledger knows this organization.")
    case .queue:
      answer(.internalServerError, "The delivery could not be queued.")
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

  /// Refuses a delivery that no retry can repair. The header ends Svix's retries (docs.svix.com/retries).
  private func abort(_ message: String) -> Response {
    answer(.badRequest, message, headers: [("webhook-delivery", "abort-message")])
  }
}
