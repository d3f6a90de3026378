/// The kinds of objects at Clerk that can have a table, by their names in event types and in a mapping file.
public enum Entity: String, CaseIterable, Hashable, Sendable {
  case user
  case organization
  case organizationMembership

  /// What Clerk's ids of this kind begin with.
  package var idPrefix: String {
    switch self {
    case .user: "user_"
    case .organization: "org_"
    case .organizationMembership: "orgmem_"
    }
  }
}
