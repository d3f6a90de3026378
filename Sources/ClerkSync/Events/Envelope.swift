import FoundationEssentials

/// The JSON of a Clerk delivery. Only the members that this program uses are required.
struct Envelope: DecodableWithConfiguration {
  let type: String
  /// When the event happened. Clerk's documentation has milliseconds since 1970, its OpenAPI examples seconds.
  let timestamp: Int64?
  /// nil for an event that changes no mapped table.
  let change: (operation: Event.Operation, object: ObjectData)?

  private enum CodingKeys: String, CodingKey {
    case type, timestamp, data
  }

  init(from decoder: any Decoder, configuration mapping: Mapping) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    type = try container.decode(String.self, forKey: .type)
    // It is only a fallback for the order of events, so an invalid value does not reject the delivery.
    timestamp = try? container.decode(Int64.self, forKey: .timestamp)
    if let (table, operation) = Self.target(of: type, in: mapping) {
      let data = try container.nestedContainer(keyedBy: MemberName.self, forKey: .data)
      change = (operation, try ObjectData(data, table))
    } else {
      change = nil
    }
  }

  private static func target(
    of type: String, in mapping: Mapping
  ) -> (table: TableMapping, operation: Event.Operation)? {
    let words = type.split(separator: ".", omittingEmptySubsequences: false)
    guard words.count == 2, let entity = Entity(rawValue: String(words[0])), let table = mapping[entity],
      let operation = Event.Operation(name: words[1])
    else { return nil }
    return (table, operation)
  }
}

/// The members of a Clerk object that its mapping needs.
struct ObjectData {
  let table: TableMapping
  let id: String?
  /// Milliseconds since 1970.
  let updatedAt: Int64?
  /// See ``FieldTree``.
  let fields: [Field]

  init(_ object: KeyedDecodingContainer<MemberName>, _ table: TableMapping) throws {
    self.table = table
    id = try object.decodeIfPresent(String.self, forKey: MemberName("id"))
    // It only orders events, so an invalid value falls back to the envelope's timestamp.
    updatedAt = try? object.decode(Int64.self, forKey: MemberName("updated_at"))
    fields = try table.fields.read(object)
  }
}
