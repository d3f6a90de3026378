/// A user object of Clerk's webhooks (clerk.com/docs/reference/backend/types/backend-user).
struct UserData: Decodable {
  struct EmailAddress: Decodable {
    let id: String?
    let address: String?

    private enum CodingKeys: String, CodingKey {
      case id
      case address = "email_address"
    }
  }

  let id: String?
  let firstName: String?
  let lastName: String?
  let emailAddresses: [EmailAddress?]?
  let primaryEmailAddressID: String?
  let publicMetadata: PublicMetadata?
  /// Milliseconds since 1970.
  let updatedAt: Int64?

  private enum CodingKeys: String, CodingKey {
    case id
    case firstName = "first_name"
    case lastName = "last_name"
    case emailAddresses = "email_addresses"
    case primaryEmailAddressID = "primary_email_address_id"
    case publicMetadata = "public_metadata"
    case updatedAt = "updated_at"
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    id = try container.decodeIfPresent(String.self, forKey: .id)
    firstName = try container.decodeIfPresent(String.self, forKey: .firstName)
    lastName = try container.decodeIfPresent(String.self, forKey: .lastName)
    emailAddresses = try container.decodeIfPresent([EmailAddress?].self, forKey: .emailAddresses)
    primaryEmailAddressID = try container.decodeIfPresent(String.self, forKey: .primaryEmailAddressID)
    publicMetadata = try container.decodeIfPresent(PublicMetadata.self, forKey: .publicMetadata)
    // It only orders events, so an invalid value falls back to the envelope's timestamp.
    updatedAt = try? container.decode(Int64.self, forKey: .updatedAt)
  }

  /// The address with the primary address's id, which need not be the first in the list.
  var primaryEmail: String? {
    guard let primaryEmailAddressID else { return nil }
    let primary = emailAddresses?.lazy.compactMap(\.self).first { $0.id == primaryEmailAddressID }
    return primary?.address.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Whether the user has the id of a primary address and no addresses. Clerk's example events are like this, and no
  /// real event is.
  var isExample: Bool { primaryEmailAddressID != nil && emailAddresses?.isEmpty == true }
}

/// The role in a user's public metadata. Unlike unsafe metadata, only the application's backend can write it.
enum PublicMetadata: Decodable, Equatable {
  case noRole
  case role(String)
  /// Anything but a role name.
  case unusable

  private enum CodingKeys: CodingKey {
    case role
  }

  init(from decoder: any Decoder) throws {
    guard let container = try? decoder.container(keyedBy: CodingKeys.self) else {
      self = .unusable
      return
    }
    do {
      self = try container.decodeIfPresent(String.self, forKey: .role).map(Self.role) ?? .noRole
    } catch {
      self = .unusable
    }
  }
}
