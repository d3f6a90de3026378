import ClerkSync

/// A source of Clerk's users, read page by page.
protocol UserSource {
  /// Returns the next users, at most ``ClerkAPI/pageSize``; nil if there are no more.
  mutating func nextPage() async throws -> [Result<BackendUser, UnusableUser>]?
}

extension Result<BackendUser, UnusableUser> {
  /// The user's id, if known.
  var userID: String? {
    switch self {
    case .success(let user): user.id
    case .failure(let unusable): unusable.id
    }
  }
}
