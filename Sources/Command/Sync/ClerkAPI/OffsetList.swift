import ClerkSync

/// The objects of a list of Clerk's API that has an offset instead of a cursor, each once.
///
/// An object that is deleted during the run moves the later ones forward, past the offset of the next page. Each page
/// therefore begins before the end of the previous one. It contains the last objects that have been read, or those that
/// are left of them, and what follows them is new; if it contains none of them, an earlier page is requested. Should the
/// list be in another order in between, fewer objects are read than it counts at the end, and it is read once more.
struct OffsetList: APIList {
  /// The number of objects by which two pages overlap. More deletions between two requests cost another request.
  private static let overlap = 50
  /// The maximum number of passes through a list that keeps changing.
  private static let passes = 5

  private let api: ClerkAPI
  private let entity: Entity
  /// Ends with a question mark or an ampersand.
  private let path: String
  /// Whether a missing list is empty.
  private let isOptional: Bool
  /// The offset after the last page.
  private var next = 0
  /// The ids of the last objects read. Only these are kept, so memory use does not depend on the length of the list.
  private var ids: [String] = []
  private(set) var done = 0
  private var pass = 1
  private var isAtEnd = false

  var mapping: Mapping { api.mapping }
  var isRepeating: Bool { pass > 1 }
  var position: ListPosition? {
    ids.isEmpty ? nil : .offset(next: next, ids: ids, done: done, pass: pass)
  }

  init(
    api: ClerkAPI, _ entity: Entity, path: String, isOptional: Bool = false,
    from position: ListPosition? = nil
  ) {
    (self.api, self.entity, self.path, self.isOptional) = (api, entity, path, isOptional)
    if case .offset(let next, let ids, let done, let pass)? = position {
      (self.next, self.ids, self.done, self.pass) = (next, ids, done, pass)
    }
  }

  mutating func nextPage() async throws -> [Result<BackendObject, UnusableObject>]? {
    while !isAtEnd {
      guard let (page, offset) = try await overlappingPage() else { return nil }
      let objects = unread(of: page.objects)
      next = offset + page.objects.count
      done += objects.count
      ids = (ids + objects.compactMap(\.objectID)).suffix(Self.overlap)
      // A page without a new object is the last one as well: the next one would be the same.
      if next >= page.total || objects.isEmpty { try finishPass(total: page.total) }
      if !objects.isEmpty { return objects }
    }
    return nil
  }

  /// Returns the page that begins with objects that have been read, and its offset; nil if there is no list.
  private func overlappingPage() async throws -> (page: ClerkAPI.Page, offset: Int)? {
    var offset = max(0, next - ids.count)
    while true {
      guard let page = try await api.page(entity, path: path, offset: offset) else {
        if isOptional { return nil }
        throw ClerkAPI.notFound(entity)
      }
      if offset == 0 || page.objects.contains(where: isRead) { return (page, offset) }
      offset = max(0, offset - ClerkAPI.pageSize + Self.overlap)
    }
  }

  /// Returns the objects that follow those that have been read. If nothing is left of these, the pass begins again.
  private mutating func unread(
    of objects: [Result<BackendObject, UnusableObject>]
  ) -> [Result<BackendObject, UnusableObject>] {
    guard let first = objects.firstIndex(where: isRead) else {
      if !ids.isEmpty { pass += 1 }
      (done, ids) = (0, [])
      return objects
    }
    return objects[first...].filter { !isRead($0) }
  }

  private func isRead(_ object: Result<BackendObject, UnusableObject>) -> Bool {
    object.objectID.map(ids.contains) ?? false
  }

  /// Ends the list, or begins with it again if it has more objects than were read. That it has fewer means deletions, of
  /// which none made this run miss an object.
  private mutating func finishPass(total: Int) throws {
    guard done < total else {
      isAtEnd = true
      return
    }
    guard pass < Self.passes else {
      throw CommandFailure(
        "Clerk counts \(total) \(entity.plural), but lists \(done) even after \(pass) passes: try again later"
      )
    }
    (next, ids, done) = (0, [], 0)
    pass += 1
  }
}
