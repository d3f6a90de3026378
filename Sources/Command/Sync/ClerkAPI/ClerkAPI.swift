import ClerkSync
import Foundation

/// The users endpoints of Clerk's Backend API (clerk.com/docs/reference/backend-api).
struct ClerkAPI {
  /// The maximum number of users that Clerk returns in one page.
  static let pageSize = 500

  private let client: APIClient
  let mapping: Mapping

  init(client: APIClient, mapping: Mapping) {
    self.client = client
    self.mapping = mapping
  }

  /// Returns the users created after the one with this id, the oldest first. Only the last page has fewer than
  /// ``pageSize``.
  func users(after id: String?) async throws -> [Result<BackendUser, UnusableUser>] {
    // Encode the plus sign: in a query it means a space.
    var query = "limit=\(Self.pageSize)&order_by=%2Bcreated_at"
    if let id { query += "&starting_after=\(id.percentEncoded)" }
    guard let body = try await client.get("/v1/users?\(query)") else {
      throw Self.notFound("the list of users")
    }
    return try decode(body)
  }

  /// Returns the user with this id; nil if there is none.
  func user(_ id: String) async throws -> Result<BackendUser, UnusableUser>? {
    guard let body = try await client.get("/v1/users/\(id.percentEncoded)") else { return nil }
    return try decode(body).first
  }

  /// Returns the number of users.
  func count() async throws -> Int {
    struct Count: Decodable {
      let totalCount: Int
    }
    guard let body = try await client.get("/v1/users/count") else {
      throw Self.notFound("the number of users")
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    guard let count = try? decoder.decode(Count.self, from: body) else { throw Self.unexpected }
    return count.totalCount
  }

  private func decode(_ body: Data) throws -> [Result<BackendUser, UnusableUser>] {
    do {
      return try BackendUser.listWithWarnings(decoding: Array(body), mapping: mapping)
    } catch {
      throw Self.unexpected
    }
  }

  private static var unexpected: CommandFailure {
    CommandFailure("the response is not from Clerk's Backend API: check --api-url, and proxies on the way")
  }

  private static func notFound(_ what: String) -> CommandFailure {
    CommandFailure(
      "\(what) was not found (HTTP 404): check --api-url; if this resumed an earlier run, try --restart"
    )
  }
}

extension String {
  /// The text encoded for use as a path segment or query value.
  fileprivate var percentEncoded: String {
    let unreserved = CharacterSet(charactersIn: "-._~").union(.alphanumerics)
    return addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
  }
}
