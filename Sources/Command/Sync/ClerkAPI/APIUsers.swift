import ClerkSync

/// A list of Clerk's API that can be continued later.
protocol APIList: ObjectSource {
  /// The place after the last page; nil before the first one.
  var position: ListPosition? { get }
}

/// All of Clerk's users, the oldest first.
///
/// The pages follow a cursor. With an offset, each user deleted during the run would make it miss another one.
struct APIUsers: APIList {
  private let api: ClerkAPI
  private(set) var position: ListPosition?
  private var isAtEnd = false

  var mapping: Mapping { api.mapping }
  var done: Int { position?.done ?? 0 }

  init(api: ClerkAPI, from position: ListPosition?) {
    self.api = api
    self.position = position
  }

  mutating func nextPage() async throws -> [Result<BackendObject, UnusableObject>]? {
    if isAtEnd { return nil }
    let previous = position?.last
    let page = try await api.users(after: previous)
    if let previous, page.contains(where: { $0.objectID == previous }) {
      throw CommandFailure(
        "Clerk returned \(previous) twice: expected the users after it; the server does not support starting_after"
      )
    }
    guard let last = page.last else { return nil }
    guard let id = last.objectID else {
      throw CommandFailure(
        "the last user of a page has no id: expected one, to request the next page")
    }
    position = .cursor(after: id, done: done + page.count)
    isAtEnd = page.count < ClerkAPI.pageSize
    return page
  }
}
