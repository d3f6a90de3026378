import ClerkSync
import Foundation

/// Clerk's Backend API, as far as it returns objects that can be mapped (clerk.com/docs/reference/backend-api).
struct ClerkAPI {
  /// The maximum number of objects that Clerk returns in one page.
  static let pageSize = 500

  private let client: APIClient
  let mapping: Mapping

  init(client: APIClient, mapping: Mapping) {
    self.client = client
    self.mapping = mapping
  }

  /// A part of a list that has only an offset.
  struct Page {
    let objects: [Result<BackendObject, UnusableObject>]
    /// The number of objects in the whole list.
    let total: Int
  }

  /// Returns the source of all objects of a kind, the oldest first, after an earlier run's position.
  func all(_ entity: Entity, from position: ListPosition? = nil) -> any APIList {
    entity == .user
      ? APIUsers(api: self, from: position)
      : OffsetList(api: self, entity, path: "\(entity.path)?order_by=\(Self.oldestFirst)&", from: position)
  }

  // Encode the plus sign: in a query it means a space.
  private static let oldestFirst = "%2Bcreated_at"

  /// Returns the users created after the one with this id, the oldest first. Only the last page has fewer than
  /// ``pageSize``.
  func users(after id: String?) async throws -> [Result<BackendObject, UnusableObject>] {
    var query = "limit=\(Self.pageSize)&order_by=\(Self.oldestFirst)"
    if let id { query += "&starting_after=\(id.percentEncoded)" }
    guard let body = try await client.get("/v1/users?\(query)") else { throw Self.notFound(.user) }
    return try decode(.user, body)
  }

  /// Returns a page of a list without a cursor; nil if there is no such list. `path` ends with a question mark or an
  /// ampersand.
  func page(
    _ entity: Entity, path: String, offset: Int, limit: Int = pageSize
  ) async throws -> Page? {
    guard let body = try await client.get("\(path)limit=\(limit)&offset=\(offset)") else { return nil }
    return Page(objects: try decode(entity, body), total: try Self.totalCount(body))
  }

  /// Returns the number of objects of a kind.
  func count(_ entity: Entity) async throws -> Int {
    let path = entity == .user ? "/v1/users/count" : "\(entity.path)?limit=1&offset=0"
    guard let body = try await client.get(path) else { throw Self.notFound(entity) }
    return try Self.totalCount(body)
  }

  /// Returns the object at this address; nil if Clerk has none.
  func object(at address: ObjectAddress) async throws -> Result<BackendObject, UnusableObject>? {
    switch address {
    case .single(let entity, let path):
      guard let body = try await client.get(path) else { return nil }
      return try decode(entity, body).first
    case .membership(let id, let organization, let user):
      return try await find(
        .organizationMembership, "/v1/users/\(user.percentEncoded)/organization_memberships?",
        id: id, organization: organization)
    case .listed(let entity, let id):
      return try await find(entity, "\(entity.path)?order_by=\(Self.oldestFirst)&", id: id)
    }
  }

  /// Searches a list for the object with this id, or for the membership in this organization.
  private func find(
    _ entity: Entity, _ path: String, id: String?, organization: String? = nil
  ) async throws -> Result<BackendObject, UnusableObject>? {
    var list = OffsetList(api: self, entity, path: path, isOptional: true)
    while let page = try await list.nextPage() {
      let found = page.first { object in
        if let id, object.objectID == id { return true }
        guard let organization, case .success(let object) = object else { return false }
        return object.organization == organization
      }
      if let found { return found }
    }
    return nil
  }

  private func decode(
    _ entity: Entity, _ body: Data
  ) throws -> [Result<BackendObject, UnusableObject>] {
    do {
      return try BackendObject.listWithWarnings(entity, decoding: Array(body), mapping: mapping)
    } catch {
      throw Self.unexpected
    }
  }

  static func totalCount(_ body: Data) throws -> Int {
    struct Count: Decodable {
      let totalCount: Int
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    guard let count = try? decoder.decode(Count.self, from: body) else { throw unexpected }
    return count.totalCount
  }

  private static var unexpected: CommandFailure {
    CommandFailure("the response is not from Clerk's Backend API: check --api-url, and proxies on the way")
  }

  static func notFound(_ entity: Entity) -> CommandFailure {
    CommandFailure(
      "the list of \(entity.plural) was not found (HTTP 404): check --api-url"
        + (entity == .user
          ? "; if this resumed an earlier run, try --restart"
          : ", and whether the Clerk application has organizations enabled"))
  }
}

extension Entity {
  /// The path of the list of all objects.
  fileprivate var path: String {
    switch self {
    case .user: "/v1/users"
    case .organization: "/v1/organizations"
    case .organizationMembership: "/v1/organization_memberships"
    case .organizationInvitation: "/v1/organization_invitations"
    }
  }
}

/// How the Backend API finds a single object.
enum ObjectAddress {
  case single(Entity, path: String)
  /// A membership has no path of its own. It is searched in its user's list, by its own id or that of its organization.
  case membership(id: String?, organization: String?, user: String)
  /// The object is searched in the list of all.
  case listed(Entity, id: String)

  static func user(_ id: String) -> ObjectAddress { .single(.user, path: "/v1/users/\(id.percentEncoded)") }

  /// Returns the address of the object with this key; nil if it needs the id of another object that is unknown.
  /// `organization` and `user` are those of the object's row.
  init?(_ entity: Entity, key: String, organization: String? = nil, user: String? = nil) {
    func valid(_ id: String?, _ entity: Entity) -> String? {
      id.flatMap { $0.hasPrefix(entity.idPrefix) ? $0 : nil }
    }
    switch entity {
    case .user: self = .user(key)
    case .organization: self = .single(entity, path: "/v1/organizations/\(key.percentEncoded)")
    case .organizationMembership:
      guard let user = valid(user, .user) else { return nil }
      self =
        key.hasPrefix(entity.idPrefix)
        ? .membership(id: key, organization: nil, user: user)
        : .membership(id: nil, organization: organization, user: user)
    case .organizationInvitation:
      guard let organization = valid(organization, .organization) else { return nil }
      let path = "/v1/organizations/\(organization.percentEncoded)/invitations/\(key.percentEncoded)"
      self = .single(entity, path: path)
    }
  }

  init?(_ entity: Entity, _ row: StoredObject) {
    self.init(entity, key: row.key, organization: row.organization, user: row.user)
  }
}

extension String {
  /// The text encoded for use as a path segment or query value.
  fileprivate var percentEncoded: String {
    let unreserved = CharacterSet(charactersIn: "-._~").union(.alphanumerics)
    return addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
  }
}
