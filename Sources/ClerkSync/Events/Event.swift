import FoundationEssentials
public import Svix

/// A verified Clerk event (clerk.com/docs/webhooks, "Payload structure").
public struct Event: Equatable, Sendable {
  /// What happened to an object, in the order in which it can happen.
  public enum Operation: Int64, Comparable, Sendable {
    case created, updated, deleted

    public static func < (one: Operation, other: Operation) -> Bool { one.rawValue < other.rawValue }
  }

  /// The effect of an event on a mapped table.
  public struct Change: Equatable, Sendable {
    public let operation: Operation
    /// The object's new state; only its key after a deletion.
    public let record: Record
    /// The organization of a membership, as far as the membership's event contains it.
    let organization: PartialOrganization?

    init(operation: Operation, record: Record, organization: PartialOrganization? = nil) {
      (self.operation, self.record, self.organization) = (operation, record, organization)
    }
  }

  /// An organization that the event of a membership contains. It may make a missing row, and changes no other.
  struct PartialOrganization: Equatable, Sendable {
    let record: Record
    /// Its `updated_at`, in milliseconds since 1970.
    let version: Int64
  }

  /// The id of the event's message, which is the same on every attempt to deliver it.
  public let messageID: String
  /// Clerk's name of the event, such as `user.created`.
  public let type: String
  /// nil for an event that changes no mapped table.
  public let change: Change?
  /// The time of the object's state, in milliseconds since 1970: its `updated_at`, otherwise the event's timestamp,
  /// otherwise the message's.
  public let version: Int64
  /// The places of JSON that is nested deeper than 100 levels, which counts as null. They name keys, never values.
  public internal(set) var prunedPaths: [String] = []

  /// The id of the event's object.
  public var objectID: String? { change?.record.id }

  /// The event's identification in the ledger.
  public var delivery: Delivery { Delivery(id: messageID, type: type, objectID: objectID) }

  /// Where the change that the event makes comes from.
  var source: ChangeSource { type == "session.created" ? .session : .webhook }

  /// What was replaced in this event, for the log. It holds no values of the payload.
  package var warnings: [String] {
    (change?.record.warnings ?? []) + [JSONDepth.warning(for: prunedPaths)].compactMap(\.self)
  }
}

extension Event {
  /// Decodes a message. Only a verified message can be decoded, so no other can reach the database.
  ///
  /// `instance` is the Clerk instance whose events are accepted, `ins_…`; nil accepts those of every instance.
  public init(
    decoding message: VerifiedMessage, mapping: Mapping, instance: String? = nil
  ) throws(EventError) {
    let envelope: Envelope
    let body: [UInt8]
    (body, prunedPaths) = JSONDepth.pruned(message.body)
    do {
      envelope = try JSONDecoder().decode(
        Envelope.self, from: Data(body),
        configuration: Envelope.Expectation(mapping: mapping, instance: instance))
    } catch let error as EventError {
      throw error
    } catch {
      throw .malformed(reason: Self.reason(for: error))
    }
    messageID = message.id
    type = envelope.type
    let object = envelope.change?.object
    let updatedAt = envelope.change?.operation == .deleted ? nil : object?.updatedAt
    version = Self.milliseconds(updatedAt ?? envelope.timestamp ?? message.timestamp)
    guard let (operation, object) = envelope.change else {
      change = nil
      return
    }
    do throws(EventError) {
      change = Change(
        operation: operation, record: try object.record(operation, type: type, version: version),
        organization: envelope.organization.flatMap(PartialOrganization.init))
    } catch {
      // A session is no news of its user: the user's own events are the ones to refuse.
      guard type == "session.created" else { throw error }
      change = nil
    }
  }

  /// Converts seconds to milliseconds. Clerk's documentation has milliseconds, its OpenAPI examples seconds, which
  /// taken as milliseconds would all be before 1973.
  static func milliseconds(_ time: Int64) -> Int64 {
    (0..<100_000_000_000).contains(time) ? time * 1000 : time
  }

  /// Returns the problem and its place. The decoder's own message may quote the payload, so it is not used. The keys of
  /// metadata may come from a user, so the place shows only short identifiers.
  static func reason(for error: any Error) -> String {
    func path(_ context: DecodingError.Context) -> String {
      context.codingPath.isEmpty ? "the body" : JSONDepth.path(context.codingPath)
    }
    return switch error as? DecodingError {
    case .keyNotFound(let key, let context): "\(path(context)) lacks \"\(key.stringValue)\""
    case .typeMismatch(let type, let context): "\(path(context)) is not \(jsonName(of: type))"
    case .valueNotFound(let type, let context): "\(path(context)) is null, not \(jsonName(of: type))"
    default: "the body is not JSON"
    }
  }

  private static func jsonName(of type: any Any.Type) -> String {
    switch type {
    case is String.Type: "a string"
    case is any RandomAccessCollection.Type: "an array"
    // The last type that JSONTree tries. It tried a text before.
    case is Double.Type: "valid text"
    default: "an object"
    }
  }
}

extension Event.PartialOrganization {
  /// Returns nil unless the object can be a row and has a version.
  fileprivate init?(_ object: ObjectData) {
    guard let updatedAt = object.updatedAt else { return nil }
    version = Event.milliseconds(updatedAt)
    guard let record = try? object.record(.created, type: "organization", version: version) else {
      return nil
    }
    self.record = record
  }
}

extension ObjectData {
  /// Returns the object as the values of its table's columns. `type` and `version` appear in the errors.
  func record(_ operation: Event.Operation, type: String, version: Int64) throws(EventError) -> Record {
    guard let id, !id.isEmpty else { throw .noUserID(type: type) }
    for rule in table.key {
      guard let field = rule.field else { continue }
      guard case .value = fields[field] else { throw .malformed(reason: "data lacks \"\(rule.path)\"") }
    }
    return operation == .deleted
      ? table.deletedRecord(id, fields) : try table.record(id, fields, type: type, version: version)
  }
}
