import ArgumentParser
import Foundation

/// An example event of the Clerk dashboard, about a chosen user.
struct SampleEvent {
  enum Kind: String, CaseIterable {
    case created = "user.created"
    case updated = "user.updated"
    case deleted = "user.deleted"
  }

  /// The user's properties. A property that is nil gets a default.
  struct Person: ParsableArguments {
    @Option(help: ArgumentHelp("User id. (default: a random one)", valueName: "id"))
    var user: String?

    @Option(
      help: ArgumentHelp("Primary e-mail address. (default: ID@example.org)", valueName: "address"))
    var email: String?

    @Option(help: ArgumentHelp("First name. (default: Example)", valueName: "name"))
    var firstName: String?

    @Option(help: ArgumentHelp("Last name. (default: Example)", valueName: "name"))
    var lastName: String?

    @Option(help: "Role in public_metadata.role. (default: none)")
    var role: String?

    /// The properties besides the id.
    var details: [String?] { [email, firstName, lastName, role] }
  }

  let userID: String
  let body: [UInt8]

  /// `now` is in milliseconds since 1970.
  init(_ kind: Kind, _ person: Person, now: Int64) throws {
    userID = person.user ?? ClerkID.random("user")
    let data = kind == .deleted ? try Self.deleted(userID) : try Self.user(userID, person, now: now)
    body = Array(
      """
      {
        "data": \(data),
        "event_attributes": {
          "http_request": {
            "client_ip": "0.0.0.0",
            "user_agent": "clerk-sync"
          }
        },
        "object": "event",
        "timestamp": \(now),
        "type": "\(kind.rawValue)"
      }
      """.utf8)
  }

  private static func deleted(_ id: String) throws -> String {
    #"{ "deleted": true, "id": \#(try json(id)), "object": "user" }"#
  }

  private static func user(_ id: String, _ person: Person, now: Int64) throws -> String {
    let address = ClerkID.random("idn")
    return """
      {
          "birthday": "",
          "created_at": \(now),
          "email_addresses": [
            {
              "email_address": \(try json(person.email ?? "\(id.lowercased())@example.org")),
              "id": "\(address)",
              "linked_to": [],
              "object": "email_address",
              "verification": { "status": "verified", "strategy": "ticket" }
            }
          ],
          "external_accounts": [],
          "external_id": null,
          "first_name": \(try json(person.firstName ?? "Example")),
          "gender": "",
          "id": \(try json(id)),
          "image_url": "https://img.clerk.com/xxxxxx",
          "last_name": \(try json(person.lastName ?? "Example")),
          "last_sign_in_at": \(now),
          "object": "user",
          "password_enabled": true,
          "phone_numbers": [],
          "primary_email_address_id": "\(address)",
          "primary_phone_number_id": null,
          "primary_web3_wallet_id": null,
          "private_metadata": {},
          "profile_image_url": "https://www.gravatar.com/avatar?d=mp",
          "public_metadata": \(try person.role.map { #"{ "role": \#(try json($0)) }"# } ?? "{}"),
          "two_factor_enabled": false,
          "unsafe_metadata": {},
          "updated_at": \(now),
          "username": null,
          "web3_wallets": []
        }
      """
  }

  /// Returns the text as a JSON string, including the quotes.
  private static func json(_ text: String) throws -> String {
    String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
  }
}

/// Random ids in the format of Clerk and Svix: a prefix for the kind, then 27 letters and digits.
enum ClerkID {
  static func random(_ kind: String) -> String {
    let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    return "\(kind)_\(String((0..<27).compactMap { _ in alphabet.randomElement() }))"
  }
}
