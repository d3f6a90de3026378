public import Svix

/// Why a delivery could not be applied.
public enum DeliveryError: Error, Equatable, Sendable, CustomStringConvertible {
  /// It is not known to come from Clerk.
  case verification(VerificationError)
  /// It is signed, but it is not an event that can be applied.
  case event(EventError)
  /// The database did not take it.
  case store(StoreError)

  /// The error's name in answers, in the log and in the ledger.
  public var code: String {
    switch self {
    case .verification(.missingHeaders): "missing_headers"
    case .verification: "invalid_signature"
    case .event(.malformed): "malformed_event"
    case .event(.noPrimaryEmail): "no_primary_email"
    case .event(.noUserID): "no_user_id"
    case .store: "database_error"
    }
  }

  /// What was wrong and what to do about it, for the operator. Holds no secret, address or payload.
  public var reason: String {
    switch self {
    case .verification(let error): error.reason
    case .event(.malformed(let reason)): reason
    case .event(.noPrimaryEmail): "no address in email_addresses has the primary_email_address_id"
    case .event(.noUserID): "data.id is missing or empty"
    case .store(let error): error.description
    }
  }

  /// Name and reason in one line.
  public var description: String { "\(code): \(reason)" }
}
