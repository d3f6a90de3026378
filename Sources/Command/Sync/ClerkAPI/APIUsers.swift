import ClerkSync

/// All of Clerk's users, from the oldest on.
///
/// Paged by a cursor, not by an offset: that one would lose a user for each one deleted meanwhile.
struct APIUsers: UserSource {
  let api: ClerkAPI
  /// The last user of the page before.
  private(set) var position: String?
  private var isAtEnd = false

  init(api: ClerkAPI, after position: String?) {
    self.api = api
    self.position = position
  }

  mutating func nextPage() async throws -> [Result<BackendUser, UnusableUser>]? {
    if isAtEnd { return nil }
    let page = try await api.users(after: position)
    if let position, page.contains(where: { $0.userID == position }) {
      throw CommandFailure(
        "Clerk gave \(position) twice: expected the users that follow it; the server does not know starting_after"
      )
    }
    guard let last = page.last else { return nil }
    guard let id = last.userID else {
      throw CommandFailure(
        "the last user of a page has no id, so that there is no way to ask for the next page")
    }
    position = id
    isAtEnd = page.count < ClerkAPI.pageSize
    return page
  }
}
