/// The JSON of a Clerk delivery: what this program needs of it, and nothing more is required.
struct Envelope: Decodable {
  /// The events that change the users table.
  enum UserEvent: String {
    case created = "user.created"
    case updated = "user.updated"
    case deleted = "user.deleted"
  }

  let type: String
  /// When the event happened: milliseconds since 1970 in Clerk's documentation, seconds in its OpenAPI examples.
  let timestamp: Int64?
  /// nil for an event of any other type.
  let user: (event: UserEvent, data: UserData)?

  private enum CodingKeys: String, CodingKey {
    case type, timestamp, data
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    type = try container.decode(String.self, forKey: .type)
    // Only a fallback for the order of events, so an odd one is no reason to refuse the delivery.
    timestamp = try? container.decode(Int64.self, forKey: .timestamp)
    user = try UserEvent(rawValue: type).map { ($0, try container.decode(UserData.self, forKey: .data)) }
  }
}
