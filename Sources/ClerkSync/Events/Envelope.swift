/// The JSON of a Clerk delivery. Only the fields that this program uses are required.
struct Envelope: Decodable {
  /// An event that changes the users table, with its user object.
  enum Change {
    case created(UserData)
    case updated(UserData)
    case deleted(DeletedData)

    /// Milliseconds since 1970.
    var updatedAt: Int64? {
      switch self {
      case .created(let data), .updated(let data): data.updatedAt
      case .deleted: nil
      }
    }
  }

  let type: String
  /// When the event happened. Clerk's documentation has milliseconds since 1970, its OpenAPI examples seconds.
  let timestamp: Int64?
  /// nil for an event of any other type.
  let change: Change?

  private enum CodingKeys: String, CodingKey {
    case type, timestamp, data
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    type = try container.decode(String.self, forKey: .type)
    // It is only a fallback for the order of events, so an invalid value does not reject the delivery.
    timestamp = try? container.decode(Int64.self, forKey: .timestamp)
    change =
      switch type {
      case "user.created": .created(try container.decode(UserData.self, forKey: .data))
      case "user.updated": .updated(try container.decode(UserData.self, forKey: .data))
      case "user.deleted": .deleted(try container.decode(DeletedData.self, forKey: .data))
      default: nil
      }
  }
}

/// A deleted object of Clerk's webhooks (clerk.com/docs/webhooks, "Payload structure").
struct DeletedData: Decodable {
  let id: String?
}
