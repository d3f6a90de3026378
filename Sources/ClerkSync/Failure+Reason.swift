import Gateway
import Redis
import Svix

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
    case .verification(let error): error.reason
    case .compressedBody:
      "no matching signature, and the body is compressed, which Svix does not do: let no proxy or CDN on the way "
        + "compress or change it"
    case .event(.malformed(let reason)): reason
    case .event(.noPrimaryEmail): "no address in email_addresses has the primary_email_address_id"
    case .event(.noUserID): "data.id is missing or empty"
    case .database(let error), .unhealthy(let error): error.description
    case .queue(let error), .queueUnhealthy(let error): error.description
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
