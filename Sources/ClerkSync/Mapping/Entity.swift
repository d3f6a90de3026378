/// The kinds of objects at Clerk that can have a table, by their names in event types and in a mapping file.
public enum Entity: String, CaseIterable, Codable, Hashable, Sendable {
  case user
  case organization
  case organizationMembership
  case organizationInvitation

  /// What Clerk's ids of this kind begin with. Clerk's ids are unique over the kinds.
  package var idPrefix: String {
    switch self {
    case .user: "user_"
    case .organization: "org_"
    case .organizationMembership: "orgmem_"
    case .organizationInvitation: "orginv_"
    }
  }

  /// The paths at which an object of this kind names another, without which it cannot exist.
  var parents: [(path: String, entity: Entity)] {
    switch self {
    case .user, .organization: []
    case .organizationMembership: [("organization.id", .organization), ("public_user_data.user_id", .user)]
    case .organizationInvitation: [("organization_id", .organization)]
    }
  }
}
