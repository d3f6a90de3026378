extension Event.Change {
  /// The id of the user concerned.
  var userID: String {
    switch self {
    case .created(let user), .updated(let user): user.id
    case .deleted(let id): id
    }
  }

  /// The user as the event tells of one, unless it is a deletion.
  var user: User? {
    switch self {
    case .created(let user), .updated(let user): user
    case .deleted: nil
    }
  }

  var rank: Version.Rank {
    switch self {
    case .created: .created
    case .updated: .updated
    case .deleted: .deleted
    }
  }
}
