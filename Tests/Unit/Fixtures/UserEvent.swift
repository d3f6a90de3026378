import Foundation

@testable import ClerkSync
@testable import Svix

/// The JSON of a user event. Each member is a JSON text that a test can replace.
struct UserEvent {
  var data: [String: String] = [
    "id": #""user_1""#,
    "email_addresses": #"[{"id":"idn_1","email_address":"ada@example.org"}]"#,
    "primary_email_address_id": #""idn_1""#,
    "first_name": #""Ada""#,
    "last_name": #""Lovelace""#,
    "public_metadata": "{}",
    "updated_at": "1654012591835",
  ]
  var envelope: [String: String] = ["timestamp": "1700000000000"]

  /// Creates an event of this type with some members replaced, or omitted if the text is nil.
  init(
    _ type: String = "user.created", data: [String: String?] = [:], envelope: [String: String?] = [:]
  ) {
    self.envelope["type"] = "\"\(type)\""
    for (key, value) in data { self.data[key] = value }
    for (key, value) in envelope { self.envelope[key] = value }
  }

  var body: String {
    Self.object(envelope.merging(["data": Self.object(data)]) { given, _ in given })
  }

  /// Decodes the event from a message signed 1600000000 seconds after 1970.
  func decode(_ mapping: Mapping = .builtIn) throws -> Event { try Event.decode(body, mapping) }

  private static func object(_ members: [String: String]) -> String {
    "{\(members.sorted { $0.key < $1.key }.map { "\"\($0)\":\($1)" }.joined(separator: ","))}"
  }
}

extension Event {
  static func decode(
    _ body: some Sequence<UInt8>, _ mapping: Mapping = .builtIn, id: String = "msg_1"
  ) throws -> Event {
    let signature = try Signature(
      of: Array(body), id: id, timestamp: "1600000000", secret: Secret("whsec_YQ=="))
    let message = VerifiedMessage(id: id, timestamp: 1_600_000_000, signature: signature, body: Array(body))
    return try Event(decoding: message, mapping: mapping)
  }

  static func decode(_ body: String, _ mapping: Mapping = .builtIn, id: String = "msg_1") throws -> Event {
    try decode(body.utf8, mapping, id: id)
  }

  /// The user created or updated.
  var user: User? { change?.operation == .deleted ? nil : change?.record.user }
}
