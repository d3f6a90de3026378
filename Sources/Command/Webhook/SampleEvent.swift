import ArgumentParser
import Foundation

/// An example event, such as the Clerk dashboard sends, about chosen objects.
struct SampleEvent {
  enum Kind: String, CaseIterable {
    case userCreated = "user.created"
    case userUpdated = "user.updated"
    case userDeleted = "user.deleted"
    case organizationCreated = "organization.created"
    case organizationUpdated = "organization.updated"
    case organizationDeleted = "organization.deleted"
    case membershipCreated = "organizationMembership.created"
    case membershipUpdated = "organizationMembership.updated"
    case membershipDeleted = "organizationMembership.deleted"
    case invitationCreated = "organizationInvitation.created"
    case invitationAccepted = "organizationInvitation.accepted"
    case invitationRevoked = "organizationInvitation.revoked"
    case sessionCreated = "session.created"

    static let names = allCases.map(\.rawValue).joined(separator: ", ")

    /// The options that describe an event of this kind.
    var options: Set<String> {
      switch self {
      case .userCreated, .userUpdated, .sessionCreated:
        ["--user", "--email", "--first-name", "--last-name", "--role"]
      case .userDeleted: ["--user"]
      case .organizationCreated, .organizationUpdated: ["--organization", "--name", "--slug"]
      case .organizationDeleted: ["--organization"]
      case .membershipCreated, .membershipUpdated, .membershipDeleted:
        ["--membership", "--organization", "--user", "--role", "--name", "--slug"]
      case .invitationCreated, .invitationAccepted, .invitationRevoked:
        ["--invitation", "--organization", "--email", "--role"]
      }
    }
  }

  /// The properties of the objects in the event. A property that is nil gets a default.
  struct Details: ParsableArguments {
    @Option(help: ArgumentHelp("User id. (default: a random one)", valueName: "id"))
    var user: String?

    @Option(help: ArgumentHelp("Organization id. (default: a random one)", valueName: "id"))
    var organization: String?

    @Option(help: ArgumentHelp("Membership id. (default: a random one)", valueName: "id"))
    var membership: String?

    @Option(help: ArgumentHelp("Invitation id. (default: a random one)", valueName: "id"))
    var invitation: String?

    @Option(
      help: ArgumentHelp(
        "E-mail address of the user or the invitation. (default: ID@example.org)", valueName: "address"))
    var email: String?

    @Option(help: ArgumentHelp("First name. (default: Example)", valueName: "name"))
    var firstName: String?

    @Option(help: ArgumentHelp("Last name. (default: Example)", valueName: "name"))
    var lastName: String?

    @Option(
      help: "Role: a user's in public_metadata.role (default: none), or a member's. (default: org:member)")
    var role: String?

    @Option(help: ArgumentHelp("Name of the organization. (default: Example)", valueName: "name"))
    var name: String?

    @Option(help: ArgumentHelp("Slug of the organization. (default: none)", valueName: "slug"))
    var slug: String?

    /// The names of the options that are given.
    var given: [String] {
      let values = [
        ("--user", user), ("--organization", organization), ("--membership", membership),
        ("--invitation", invitation), ("--email", email), ("--first-name", firstName),
        ("--last-name", lastName), ("--role", role), ("--name", name), ("--slug", slug),
      ]
      return values.compactMap { option, value in value == nil ? nil : option }
    }
  }

  /// The kinds and the ids of the event's objects.
  private(set) var objects: [(kind: String, id: String)] = []
  private(set) var body: [UInt8] = []

  /// `instance` is the Clerk instance that the event names, if any. `now` is in milliseconds since 1970.
  init(_ kind: Kind, _ details: Details, instance: String?, now: Int64) throws {
    body = Array(
      """
      {
        "data": \(try data(kind, details, now: now)),
        "event_attributes": {
          "http_request": {
            "client_ip": "0.0.0.0",
            "user_agent": "clerk-sync"
          }
        },
        \(instance.map { #""instance_id": "\#($0)",\#n  "# } ?? "")"object": "event",
        "timestamp": \(now),
        "type": "\(kind.rawValue)"
      }
      """.utf8)
  }

  /// Returns the id, or a random one, and notes it.
  private mutating func id(_ kind: String, _ prefix: String, _ given: String?) -> String {
    let id = given ?? ClerkID.random(prefix)
    objects.append((kind, id))
    return id
  }

  private mutating func data(_ kind: Kind, _ details: Details, now: Int64) throws -> String {
    switch kind {
    case .userCreated, .userUpdated:
      return try Self.user(id("user", "user", details.user), details, now: now)
    case .sessionCreated:
      let id = id("user", "user", details.user)
      return """
        {
          "created_at": \(now),
          "id": "\(ClerkID.random("sess"))",
          "object": "session",
          "status": "active",
          "user": \(try Self.user(id, details, now: now)),
          "user_id": \(try Self.json(id))
        }
        """
    case .userDeleted: return try Self.deleted(id("user", "user", details.user), "user")
    case .organizationDeleted:
      return try Self.deleted(id("organization", "org", details.organization), "organization")
    case .organizationCreated, .organizationUpdated:
      return try Self.organization(id("organization", "org", details.organization), details, now: now)
    case .membershipCreated, .membershipUpdated, .membershipDeleted:
      let id = id("membership", "orgmem", details.membership)
      let organization = self.id("organization", "org", details.organization)
      let user = self.id("user", "user", details.user)
      return """
        {
          "created_at": \(now),
          "id": \(try Self.json(id)),
          "object": "organization_membership",
          "organization": \(try Self.organization(organization, details, now: now)),
          "public_metadata": {},
          "public_user_data": {
            "first_name": "Example",
            "identifier": \(try Self.json("\(user.lowercased())@example.org")),
            "image_url": "https://img.clerk.com/xxxxxx",
            "last_name": "Example",
            "user_id": \(try Self.json(user))
          },
          "role": \(try Self.json(details.role ?? "org:member")),
          "updated_at": \(now)
        }
        """
    case .invitationCreated, .invitationAccepted, .invitationRevoked:
      let id = id("invitation", "orginv", details.invitation)
      let organization = self.id("organization", "org", details.organization)
      let status = [Kind.invitationAccepted: "accepted", .invitationRevoked: "revoked"][kind] ?? "pending"
      return """
        {
          "created_at": \(now),
          "email_address": \(try Self.json(details.email ?? "\(id.lowercased())@example.org")),
          "id": \(try Self.json(id)),
          "object": "organization_invitation",
          "organization_id": \(try Self.json(organization)),
          "public_metadata": {},
          "role": \(try Self.json(details.role ?? "org:member")),
          "status": "\(status)",
          "updated_at": \(now)
        }
        """
    }
  }

  private static func deleted(_ id: String, _ object: String) throws -> String {
    #"{ "deleted": true, "id": \#(try json(id)), "object": "\#(object)" }"#
  }

  private static func organization(_ id: String, _ details: Details, now: Int64) throws -> String {
    """
    {
        "created_at": \(now),
        "id": \(try json(id)),
        "image_url": "https://img.clerk.com/xxxxxx",
        "name": \(try json(details.name ?? "Example")),
        "object": "organization",
        "public_metadata": {},
        "slug": \(try details.slug.map { try json($0) } ?? "null"),
        "updated_at": \(now)
      }
    """
  }

  private static func user(_ id: String, _ details: Details, now: Int64) throws -> String {
    let address = ClerkID.random("idn")
    return """
      {
          "birthday": "",
          "created_at": \(now),
          "email_addresses": [
            {
              "email_address": \(try json(details.email ?? "\(id.lowercased())@example.org")),
              "id": "\(address)",
              "linked_to": [],
              "object": "email_address",
              "verification": { "status": "verified", "strategy": "ticket" }
            }
          ],
          "external_accounts": [],
          "external_id": null,
          "first_name": \(try json(details.firstName ?? "Example")),
          "gender": "",
          "id": \(try json(id)),
          "image_url": "https://img.clerk.com/xxxxxx",
          "last_name": \(try json(details.lastName ?? "Example")),
          "last_sign_in_at": \(now),
          "object": "user",
          "password_enabled": true,
          "phone_numbers": [],
          "primary_email_address_id": "\(address)",
          "primary_phone_number_id": null,
          "primary_web3_wallet_id": null,
          "private_metadata": {},
          "profile_image_url": "https://www.gravatar.com/avatar?d=mp",
          "public_metadata": \(try details.role.map { #"{ "role": \#(try json($0)) }"# } ?? "{}"),
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
