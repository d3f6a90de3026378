/// A user object as Clerk's webhooks carry it (clerk.com/docs/reference/backend/types/backend-user).
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
    // Only orders events, and the envelope's timestamp can stand in for it.
    updatedAt = try? container.decode(Int64.self, forKey: .updatedAt)
  }

  /// The address whose id the user names as primary; the first in the list need not be it.
  var primaryEmail: String? {
    guard let primaryEmailAddressID else { return nil }
    let primary = emailAddresses?.lazy.compactMap(\.self).first { $0.id == primaryEmailAddressID }
    return primary?.address.flatMap { $0.isEmpty ? nil : $0 }
  }
}

/// The part of a user's public metadata that matters here: the role. Only the application's own
/// backend can write it, unlike the unsafe metadata.
enum PublicMetadata: Decodable, Equatable {
  case noRole
  case role(String)
  /// Something that is no role name.
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
