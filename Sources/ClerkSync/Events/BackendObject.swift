import FoundationEssentials

/// An object from Clerk's Backend API or an export (clerk.com/docs/reference/backend-api).
public struct BackendObject: Equatable, Sendable {
  public let record: Record
  /// The object's `updated_at`, in milliseconds since 1970. It is 0, older than any applied change, when missing.
  public let updatedAt: Int64
  /// The places of JSON that is nested deeper than 100 levels, which counts as null. They name keys, never values.
  public internal(set) var prunedPaths: [String] = []

  public var entity: Entity { record.entity }

  /// Clerk's id.
  public var id: String { record.id }

  /// What identifies the object's row: Clerk's id, or the ids of a membership's organization and user, separated by a
  /// slash, if the table has these instead.
  public var key: String { record.versionKey.row }

  /// The id of the organization of a membership or an invitation.
  package var organization: String? { record.parents.first { $0.hasPrefix(Entity.organization.idPrefix) } }

  /// What says that the address in the user's row, if it is another one, is free.
  package var release: Release { Release(objectID: id, time: updatedAt, isListed: true) }

  /// Decodes a JSON array of objects of one kind, an object `{"data": […]}`, or one object.
  ///
  /// An object that cannot become a row fails alone. Throws ``EventError/malformed(reason:)`` for other documents.
  /// Returns no objects if the mapping has no table for them.
  public static func list(
    _ entity: Entity = .user, decoding json: [UInt8], mapping: Mapping
  ) throws(EventError) -> [Result<BackendObject, UnusableObject>] {
    guard let table = mapping[entity] else { return [] }
    let (json, paths) = JSONDepth.pruned(json)
    do {
      let list = try JSONDecoder().decode(List.self, from: Data(json), configuration: table)
      let objects = list.objects.map { object in
        object.flatMap { data in Result { () throws(UnusableObject) in try BackendObject(data) } }
      }
      return JSONDepth.assign(paths, to: objects)
    } catch {
      throw .malformed(reason: Event.reason(for: error))
    }
  }

  init(_ record: Record, updatedAt: Int64) {
    (self.record, self.updatedAt) = (record, updatedAt)
  }

  private init(_ data: ObjectData) throws(UnusableObject) {
    do throws(EventError) {
      let updatedAt = Event.milliseconds(data.updatedAt ?? 0)
      self.init(
        try data.record(.updated, type: data.table.entity.rawValue, version: updatedAt), updatedAt: updatedAt)
    } catch {
      throw UnusableObject(id: data.id, reason: error)
    }
  }
}

/// The objects of a document in any of the three forms.
private struct List: DecodableWithConfiguration {
  private enum CodingKeys: CodingKey {
    case data
  }

  let objects: [Result<ObjectData, UnusableObject>]

  init(from decoder: any Decoder, configuration table: TableMapping) throws {
    let list = try? decoder.container(keyedBy: CodingKeys.self)
    if let list, list.contains(.data) {
      objects = try list.decode([Object].self, forKey: .data, configuration: table).map(\.result)
    } else if list != nil {
      objects = [try Object(from: decoder, configuration: table).result]
    } else {
      objects = try [Object](from: decoder, configuration: table).map(\.result)
    }
  }
}

/// One object or its error. Decoding an array of these does not fail as a whole.
private struct Object: DecodableWithConfiguration {
  private enum CodingKeys: CodingKey {
    case id
  }

  let result: Result<ObjectData, UnusableObject>

  init(from decoder: any Decoder, configuration table: TableMapping) throws {
    do {
      result = .success(try ObjectData(decoder.container(keyedBy: MemberName.self), table))
    } catch {
      let id = try? decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .id)
      result = .failure(UnusableObject(id: id, reason: .malformed(reason: Event.reason(for: error))))
    }
  }
}

/// The error of an object at Clerk that cannot become a row.
public struct UnusableObject: Error, Equatable, Sendable, CustomStringConvertible {
  /// Clerk's id; nil when it is missing.
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
    case .wrongInstance: "of another Clerk instance"
    }
  }
}

extension Result<BackendObject, UnusableObject> {
  /// Clerk's id, if known.
  package var objectID: String? {
    switch self {
    case .success(let object): object.id
    case .failure(let unusable): unusable.id
    }
  }

  /// What identifies the object's row, if known. See ``BackendObject/key``.
  package var key: String? {
    if case .success(let object) = self { object.key } else { objectID }
  }
}
