import FoundationEssentials

/// A user from Clerk's Backend API or an export (clerk.com/docs/reference/backend/types/backend-user).
public struct BackendUser: Equatable, Sendable {
  public let record: Record
  /// The user's `updated_at`, in milliseconds since 1970. It is 0, older than any applied change, when missing.
  public let updatedAt: Int64
  /// The places of JSON that is nested deeper than 100 levels, which counts as null. They name keys, never values.
  public internal(set) var prunedPaths: [String] = []

  /// Clerk's id.
  public var id: String { record.id }

  /// What says that the address in the user's row, if it is another one, is free.
  package var release: Release { Release(objectID: id, time: updatedAt, isListed: true) }

  /// Decodes a JSON array of user objects, an object `{"data": […]}`, or one user object.
  ///
  /// A user object that cannot become a row fails alone. Throws ``EventError/malformed(reason:)`` for other documents.
  public static func list(
    decoding json: [UInt8], mapping: Mapping
  ) throws(EventError) -> [Result<BackendUser, UnusableUser>] {
    guard let table = mapping[.user] else { return [] }
    let (json, paths) = JSONDepth.pruned(json)
    do {
      let list = try JSONDecoder().decode(List.self, from: Data(json), configuration: table)
      let users = list.objects.map { object in
        object.flatMap { data in Result { () throws(UnusableUser) in try BackendUser(data) } }
      }
      return JSONDepth.assign(paths, to: users)
    } catch {
      throw .malformed(reason: Event.reason(for: error))
    }
  }

  init(_ record: Record, updatedAt: Int64) {
    (self.record, self.updatedAt) = (record, updatedAt)
  }

  private init(_ data: ObjectData) throws(UnusableUser) {
    do throws(EventError) {
      let updatedAt = Event.milliseconds(data.updatedAt ?? 0)
      self.init(try data.record(.updated, type: "user", version: updatedAt), updatedAt: updatedAt)
    } catch {
      throw UnusableUser(id: data.id, reason: error)
    }
  }
}

/// The user objects of a document in any of the three forms.
private struct List: DecodableWithConfiguration {
  private enum CodingKeys: CodingKey {
    case data
  }

  let objects: [Result<ObjectData, UnusableUser>]

  init(from decoder: any Decoder, configuration users: TableMapping) throws {
    let list = try? decoder.container(keyedBy: CodingKeys.self)
    if let list, list.contains(.data) {
      objects = try list.decode([Object].self, forKey: .data, configuration: users).map(\.result)
    } else if list != nil {
      objects = [try Object(from: decoder, configuration: users).result]
    } else {
      objects = try [Object](from: decoder, configuration: users).map(\.result)
    }
  }
}

/// One user object or its error. Decoding an array of these does not fail as a whole.
private struct Object: DecodableWithConfiguration {
  private enum CodingKeys: CodingKey {
    case id
  }

  let result: Result<ObjectData, UnusableUser>

  init(from decoder: any Decoder, configuration users: TableMapping) throws {
    do {
      result = .success(try ObjectData(decoder.container(keyedBy: MemberName.self), users))
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

  package init(id: String?, reason: EventError) {
    self.id = id
    self.reason = reason
  }

  /// The user whose row may have an address that is free; nil if the user has one, or none that could be told.
  package var release: Release? {
    guard case .noPrimaryEmail(_, let id, let version, _) = reason else { return nil }
    return Release(objectID: id, time: version, isListed: true)
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
