import ClerkSync

/// A source of Clerk's users, read page by page.
protocol UserSource {
  /// The mapping of the users' records, with which a store must write them.
  var mapping: Mapping { get }

  /// Returns the next users, at most ``ClerkAPI/pageSize``; nil if there are no more.
  mutating func nextPage() async throws -> [Result<BackendUser, UnusableUser>]?
}

extension BackendUser {
  /// As ``list(decoding:mapping:)``. Prints a warning for each user with values that had to be replaced.
  static func listWithWarnings(
    decoding json: [UInt8], mapping: Mapping
  ) throws(EventError) -> [Result<BackendUser, UnusableUser>] {
    let users = try list(decoding: json, mapping: mapping)
    for case .success(let user) in users {
      guard let warning = JSONDepth.warning(for: user.prunedPaths) else { continue }
      ProgressBar.say("\(user.id.singleLine): \(warning)")
    }
    return users
  }
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
