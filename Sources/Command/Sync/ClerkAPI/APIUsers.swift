import ClerkSync

/// All of Clerk's users, the oldest first.
///
/// The pages follow a cursor. With an offset, each user deleted during the run would make it miss another one.
struct APIUsers: UserSource {
  let api: ClerkAPI
  /// The id of the last user of the previous page.
  private(set) var position: String?
  private var isAtEnd = false

  var mapping: Mapping { api.mapping }

  init(api: ClerkAPI, after position: String?) {
    self.api = api
    self.position = position
  }

  mutating func nextPage() async throws -> [Result<BackendUser, UnusableUser>]? {
    if isAtEnd { return nil }
    let page = try await api.users(after: position)
    if let position, page.contains(where: { $0.userID == position }) {
      throw CommandFailure(
        "Clerk returned \(position) twice: expected the users after it; the server does not support starting_after"
      )
    }
    guard let last = page.last else { return nil }
    guard let id = last.userID else {
      throw CommandFailure(
        "the last user of a page has no id: expected one, to request the next page")
    }
    position = id
    isAtEnd = page.count < ClerkAPI.pageSize
    return page
  }
}
