/// The kinds of objects at Clerk that can have a table, by their names in event types and in a mapping file.
public enum Entity: String, CaseIterable, Hashable, Sendable {
  case user
  case organization
  case organizationMembership
}
