import ClerkSync
import Foundation

/// The part of Clerk's Backend API that tells of users (clerk.com/docs/reference/backend-api).
struct ClerkAPI {
  /// The most users that Clerk gives in one page.
  static let pageSize = 500

  private let client: APIClient
  private let roles: Roles

  init(client: APIClient, roles: Roles) {
    self.client = client
    self.roles = roles
  }

  /// The users created after the one with this id, from the oldest on: at most ``pageSize``, and fewer at the end only.
  func users(after id: String?) async throws -> [Result<BackendUser, UnusableUser>] {
    // A plus sign in a query is a space.
    var query = "limit=\(Self.pageSize)&order_by=%2Bcreated_at"
    if let id { query += "&starting_after=\(id.percentEncoded)" }
    guard let body = try await client.get("/v1/users?\(query)") else { throw Self.notFound("the users") }
    return try decode(body)
  }

  /// The user with this id; nil when Clerk has none.
  func user(_ id: String) async throws -> Result<BackendUser, UnusableUser>? {
    guard let body = try await client.get("/v1/users/\(id.percentEncoded)") else { return nil }
    return try decode(body).first
  }

  /// How many users there are.
  func count() async throws -> Int {
    struct Count: Decodable {
      let totalCount: Int
    }
    guard let body = try await client.get("/v1/users/count") else { throw Self.notFound("their number") }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    guard let count = try? decoder.decode(Count.self, from: body) else { throw Self.unexpected }
    return count.totalCount
  }

  private func decode(_ body: Data) throws -> [Result<BackendUser, UnusableUser>] {
    do {
      return try BackendUser.list(decoding: Array(body), roles: roles)
    } catch {
      throw Self.unexpected
    }
  }

  private static var unexpected: CommandFailure {
    CommandFailure("the answer is none of Clerk's Backend API: check --api-url, or proxies on the way")
  }

  private static func notFound(_ what: String) -> CommandFailure {
    CommandFailure(
      "\(what) cannot be found (HTTP 404): check --api-url; where an earlier run is gone on with, try --restart"
    )
  }
}

extension String {
  /// For one segment of a path or one value of a query.
  fileprivate var percentEncoded: String {
    let unreserved = CharacterSet(charactersIn: "-._~").union(.alphanumerics)
    return addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
  }
}
