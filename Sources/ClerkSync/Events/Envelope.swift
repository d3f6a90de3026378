import FoundationEssentials
import SQLite

/// The JSON of a Clerk delivery. Only the members that this program uses are required.
struct Envelope: DecodableWithConfiguration {
  struct Expectation {
    let mapping: Mapping
    /// The instance whose events are accepted; nil for every instance.
    let instance: String?
  }

  let type: String
  /// When the event happened. Clerk's documentation has milliseconds since 1970, its OpenAPI examples seconds.
  let timestamp: Int64?
  /// nil for an event that changes no mapped table.
  let change: (operation: Event.Operation, object: ObjectData)?
  /// The organization that a membership's event contains, if organizations are mapped and it can be read.
  let organization: ObjectData?

  private enum CodingKeys: String, CodingKey {
    case type, timestamp, data
    case instance = "instance_id"
  }

  /// Throws an ``EventError`` or a `DecodingError`.
  init(from decoder: any Decoder, configuration expectation: Expectation) throws {
    let mapping = expectation.mapping
    let container = try decoder.container(keyedBy: CodingKeys.self)
    type = try container.decode(String.self, forKey: .type)
    // First, because nothing else in an event of another instance matters.
    if let expected = expectation.instance {
      let found = try? container.decode(String.self, forKey: .instance)
      guard found == expected else { throw EventError.wrongInstance(type: type, isMissing: found == nil) }
    }
    // It is only a fallback for the order of events, so an invalid value does not reject the delivery.
    timestamp = try? container.decode(Int64.self, forKey: .timestamp)
    if let (table, operation) = Self.target(of: type, in: mapping) {
      let data = try container.nestedContainer(keyedBy: MemberName.self, forKey: .data)
      change = (operation, try ObjectData(data, table))
      organization =
        table.entity == .organizationMembership && operation != .deleted
        ? mapping[.organization].flatMap { try? ObjectData(of: "organization", in: data, $0) }
        : nil
    } else if mapping.healsOnSession, type == "session.created",
      let table = mapping[.user],
      let data = try? container.nestedContainer(keyedBy: MemberName.self, forKey: .data),
      let user = try? ObjectData(of: "user", in: data, table), user.updatedAt != nil
    {
      (change, organization) = ((.updated, user), nil)
    } else {
      (change, organization) = (nil, nil)
    }
  }

  private static func target(
    of type: String, in mapping: Mapping
  ) -> (table: TableMapping, operation: Event.Operation)? {
    let known: (Entity, Event.Operation)? =
      switch type {
      case "user.created": (.user, .created)
      case "user.updated": (.user, .updated)
      case "user.deleted": (.user, .deleted)
      case "organization.created": (.organization, .created)
      case "organization.updated": (.organization, .updated)
      case "organization.deleted": (.organization, .deleted)
      case "organizationMembership.created": (.organizationMembership, .created)
      case "organizationMembership.updated": (.organizationMembership, .updated)
      case "organizationMembership.deleted": (.organizationMembership, .deleted)
      case "organizationInvitation.created": (.organizationInvitation, .created)
      case "organizationInvitation.accepted", "organizationInvitation.revoked":
        (.organizationInvitation, .updated)
      default: nil
      }
    guard let (entity, operation) = known, let table = mapping[entity] else { return nil }
    return (table, operation)
  }
}

/// The members of a Clerk object that its mapping needs.
struct ObjectData {
  let table: TableMapping
  /// Milliseconds since 1970.
  let updatedAt: Int64?
  /// See ``FieldTree``.
  let fields: [Field]

  /// Reads a member that is an object.
  init(of name: String, in object: KeyedDecodingContainer<MemberName>, _ table: TableMapping) throws {
    try self.init(object.nestedContainer(keyedBy: MemberName.self, forKey: MemberName(name)), table)
  }

  init(_ object: KeyedDecodingContainer<MemberName>, _ table: TableMapping) throws {
    self.table = table
    // It only orders events, so an invalid value falls back to the envelope's timestamp.
    updatedAt = try? object.decode(Int64.self, forKey: MemberName("updated_at"))
    fields = try table.fields.read(object)
  }

  /// Clerk's id; nil if it is missing.
  var id: String? {
    guard case .value(.text(let id)) = fields[FieldTree.id] else { return nil }
    return id
  }
}
