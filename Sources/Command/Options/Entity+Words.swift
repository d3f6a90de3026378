public import ArgumentParser
public import ClerkSync

extension Entity {
  /// The word for one object.
  var singular: String {
    switch self {
    case .user: "user"
    case .organization: "organization"
    case .organizationMembership: "membership"
    case .organizationInvitation: "invitation"
    }
  }

  /// The word for several objects.
  var plural: String { "\(singular)s" }
}

extension Entity: ExpressibleByArgument {}
