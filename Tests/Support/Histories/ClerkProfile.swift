import Foundation

/// A user's state after an event, with the fields that only a mapping uses. They follow from the ids of the user and of
/// the message.
public struct ClerkProfile: Sendable {
  /// A member of a JSON object as the JSON text; nil if it is absent.
  typealias Member = String?

  public let user: ClerkUser
  /// The same after each event of the user.
  let createdAt: Int
  let externalID: String
  let hasUsername: Bool

  let username: String?
  let phone: String?
  let isVerified: Bool
  let isBanned: Bool
  /// Milliseconds since 1970.
  let lastSignIn: Int?
  /// A member of the public metadata: an application's role, no such role, or something else.
  let role: Member
  /// Any kind of value.
  let plan: Member
  /// The member `seats` of this member is stored.
  let limits: Member
  private let updatedAt: Int

  public init(_ message: ClerkMessage) {
    (user, updatedAt) = (message.user, message.version)
    var person = SplitMix64(seed: Self.hash(user.id))
    createdAt = Int.random(in: 1_500_000_000_000..<1_700_000_000_000, using: &person)
    externalID = "ext-\(person.next())"
    hasUsername = person.happens(50)

    var state = SplitMix64(seed: Self.hash(message.id))
    let number = Int.random(in: 0..<1000, using: &state)
    username = state.happens(50) ? "it's \(number)" : nil
    phone = state.happens(50) ? "+1555555\(number)" : nil
    (isVerified, isBanned) = (state.happens(50), state.happens(50))
    lastSignIn = state.happens(50) ? createdAt + number : nil
    role =
      [nil, "null", #""root""#, "7", "\"\(user.role)\"", "\"\(user.role)\""].randomElement(using: &state)
      ?? nil
    plan =
      [
        nil, "null", "\(number)", "-0.5", "true", "false", #""""#, #""'; --""#, #"{"b":[1,null],"a":"é/"}"#,
        "[]",
      ].randomElement(using: &state) ?? nil
    limits =
      [nil, "null", "7", "{}", #"{"seats":null}"#, #"{"seats":\#(number)}"#].randomElement(using: &state)
      ?? nil
  }

  /// The event's `data`.
  public var data: String {
    let address =
      #"{"id":"idn_1","email_address":"\#(user.email)","verification":{"status":"\#(verification)"}}"#
    let metadata = Self.object([("role", role), ("plan", plan), ("limits", limits)])
    return Self.object([
      ("id", Self.text(user.id)), ("first_name", Self.text(user.firstName)),
      ("last_name", Self.text(user.lastName)),
      (
        "email_addresses",
        #"[{"id":"idn_0","email_address":"other@example.org"}\#(user.email.isEmpty ? "" : ",\(address)")]"#
      ),
      ("primary_email_address_id", user.email.isEmpty ? "null" : #""idn_1""#),
      ("phone_numbers", "[\(phone.map { #"{"id":"idn_2","phone_number":"\#($0)"}"# } ?? "")]"),
      ("primary_phone_number_id", phone == nil ? "null" : #""idn_2""#),
      ("username", hasUsername ? Self.text(username) : nil), ("banned", "\(isBanned)"),
      ("last_sign_in_at", lastSignIn.map(String.init) ?? "null"), ("external_id", Self.text(externalID)),
      ("public_metadata", metadata), ("private_metadata", #"{"secret":1}"#), ("created_at", "\(createdAt)"),
      ("updated_at", "\(updatedAt)"), ("object", #""user""#),
    ])
  }

  /// The object as a mapping's `object` stores it.
  var object: String {
    get throws {
      var members = try JSONSerialization.jsonObject(with: Data(data.utf8)) as? [String: Any] ?? [:]
      members["private_metadata"] = nil
      let json = try JSONSerialization.data(
        withJSONObject: members, options: [.sortedKeys, .withoutEscapingSlashes])
      return String(decoding: json, as: UTF8.self)
    }
  }

  private var verification: String { isVerified ? "verified" : "unverified" }

  private static func object(_ members: [(String, Member)]) -> String {
    "{\(members.compactMap { name, value in value.map { "\"\(name)\":\($0)" } }.joined(separator: ","))}"
  }

  private static func text(_ text: String?) -> String { text.map { "\"\($0)\"" } ?? "null" }

  /// FNV-1a, which is the same in every process.
  private static func hash(_ text: String) -> UInt64 {
    text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}

extension ClerkMessage {
  /// The body of the message with the fields of a ``ClerkProfile``.
  public var profilePayload: String {
    guard kind != .deleted else { return payload }
    return """
      {"type":"user.\(kind)","object":"event","timestamp":\(version),"data":\(ClerkProfile(self).data)}
      """
  }
}
