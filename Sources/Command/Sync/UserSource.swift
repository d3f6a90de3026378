import ClerkSync

/// Where Clerk's users come from, a page at a time.
protocol UserSource {
  /// The next users, at most ``ClerkAPI/pageSize``; nil when there are no more.
  mutating func nextPage() async throws -> [Result<BackendUser, UnusableUser>]?
}

extension Result<BackendUser, UnusableUser> {
  /// The user's id, where there is one.
  var userID: String? {
    switch self {
    case .success(let user): user.user.id
    case .failure(let unusable): unusable.id
    }
  }
}
