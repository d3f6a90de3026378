public import Svix

/// An error that kept a delivery from being applied.
public enum DeliveryError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The delivery is not proven to come from Clerk.
  case verification(VerificationError)
  /// The delivery is signed but is not an applicable event.
  case event(EventError)
  /// The database reported an error.
  case store(StoreError)

  /// The error's name in responses, in the log and in the ledger.
  public var code: String {
    switch self {
    case .verification(.missingHeaders): "missing_headers"
    case .verification: "invalid_signature"
    case .event(.malformed): "malformed_event"
    case .event(.noPrimaryEmail): "no_primary_email"
    case .event(.noUserID): "no_user_id"
    case .event(.wrongInstance): "wrong_instance"
    case .store: "database_error"
    }
  }

  /// The problem and what to do about it, for the operator. Contains no secret, address or payload.
  public var reason: String {
    switch self {
    case .verification(let error): error.reason
    case .event(.malformed(let reason)): reason
    case .event(.noPrimaryEmail(_, _, _, isExample: true)):
      "email_addresses is empty although there is a primary_email_address_id, as in an example event of the Clerk "
        + "dashboard; a real event has the address"
    case .event(.noPrimaryEmail): "no address in email_addresses has the primary_email_address_id"
    case .event(.noUserID): "data.id is missing or empty"
    case .event(.wrongInstance(_, isMissing: true)):
      "the event has no instance_id, and CLERK_SYNC_INSTANCE names the one to accept: an example event of the Clerk "
        + "dashboard can lack it, a real event has it"
    case .event(.wrongInstance):
      "the event's instance_id is not that of CLERK_SYNC_INSTANCE: give the other Clerk instance, such as the "
        + "development instance, an endpoint of its own, or correct the setting and replay the message"
    case .store(let error): error.description
    }
  }

  /// The code and the reason in one line.
  public var description: String { "\(code): \(reason)" }
}
