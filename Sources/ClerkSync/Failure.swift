import Gateway
import Redis
import Svix

/// Every way in which a request can fail, gathered from the layers below.
enum RequestFailure: Error {
  case notFound
  case methodNotAllowed(allowed: String)
  case request(RequestError)
  case configuration(ConfigurationError)
  case missingSecret
  case verification(VerificationError)
  /// No signature fits a body that something on the way has compressed.
  case compressedBody
  case event(EventError)
  case database(StoreError)
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
    case .verification(.missingHeaders): "missing_headers"
    case .verification, .compressedBody: "invalid_signature"
    case .event(.malformed): "malformed_event"
    case .event(.noPrimaryEmail): "no_primary_email"
    case .event(.noUserID): "no_user_id"
    case .database: "database_error"
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
