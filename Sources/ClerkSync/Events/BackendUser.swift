import FoundationEssentials

/// A user from Clerk's Backend API or an export (clerk.com/docs/reference/backend/types/backend-user).
public struct BackendUser: Equatable, Sendable {
  public let user: User
  /// The user's `updated_at`, in milliseconds since 1970. It is 0, older than any applied change, when missing.
  public let updatedAt: Int64
  /// Whether the user's metadata has an unknown role, which is replaced by the least privileged one.
  public let hasUnknownRole: Bool

  public init(user: User, updatedAt: Int64, hasUnknownRole: Bool = false) {
    self.user = user
    self.updatedAt = updatedAt
    self.hasUnknownRole = hasUnknownRole
  }

  /// Decodes a JSON array of user objects, an object `{"data": […]}`, or one user object.
  ///
  /// A user object that cannot become a row fails alone. Throws ``EventError/malformed(reason:)`` for other documents.
  public static func list(
    decoding json: [UInt8], roles: Roles
  ) throws(EventError) -> [Result<BackendUser, UnusableUser>] {
    do {
      return try JSONDecoder().decode(List.self, from: Data(json)).objects.map { object in
        object.flatMap { data in Result { () throws(UnusableUser) in try BackendUser(data, roles: roles) } }
      }
    } catch {
      throw .malformed(reason: Event.reason(for: error))
    }
  }

  private init(_ data: UserData, roles: Roles) throws(UnusableUser) {
    updatedAt = Event.milliseconds(data.updatedAt ?? 0)
    do throws(EventError) {
      let (user, isKnown) = try Event.user(data, type: "user", version: updatedAt, roles: roles)
      self.user = user
      hasUnknownRole = !isKnown
    } catch {
      throw UnusableUser(id: data.id, reason: error)
    }
  }
}

/// The user objects of a document in any of the three forms.
private struct List: Decodable {
  private enum CodingKeys: CodingKey {
    case data
  }

  let objects: [Result<UserData, UnusableUser>]

  init(from decoder: any Decoder) throws {
    let list = try? decoder.container(keyedBy: CodingKeys.self)
    if let list, list.contains(.data) {
      objects = try list.decode([Object].self, forKey: .data).map(\.result)
    } else if list != nil {
      objects = [try Object(from: decoder).result]
    } else {
      objects = try [Object](from: decoder).map(\.result)
    }
  }
}

/// One user object or its error. Decoding an array of these does not fail as a whole.
private struct Object: Decodable {
  private enum CodingKeys: CodingKey {
    case id
  }

  let result: Result<UserData, UnusableUser>

  init(from decoder: any Decoder) throws {
    do {
      result = .success(try UserData(from: decoder))
    } catch {
      let id = try? decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .id)
      result = .failure(UnusableUser(id: id, reason: .malformed(reason: Event.reason(for: error))))
    }
  }
}

/// The error of a user at Clerk who cannot become a row.
public struct UnusableUser: Error, Equatable, Sendable, CustomStringConvertible {
  /// The user's id; nil when it is missing.
  public let id: String?
  private let reason: EventError

  init(id: String?, reason: EventError) {
    self.id = id
    self.reason = reason
  }

  /// The problem. It names fields, never their values.
  public var description: String {
    switch reason {
    case .malformed(let reason): "not as expected: \(reason)"
    case .noPrimaryEmail: "no primary e-mail address"
    case .noUserID: "no id"
    }
  }
}
