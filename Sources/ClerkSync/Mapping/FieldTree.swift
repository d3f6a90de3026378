import FoundationEssentials
import SQLite

/// A value in an object at Clerk.
enum Field: Equatable, Sendable {
  case absent
  case null
  case value(Value)
  /// Below something that is not an object, or a number that SQLite cannot hold.
  case unusable
}

/// The fields of Clerk's objects that a mapping needs. Only these are decoded.
struct FieldTree: Sendable {
  /// A value that Clerk's objects contain only indirectly: all but the last are a user's.
  enum Computed: String, CaseIterable, Sendable {
    /// The primary e-mail address.
    case email
    /// Whether Clerk has verified that address.
    case emailVerified = "email_verified"
    /// The primary telephone number.
    case phone
    /// The first and the last name.
    case name
    /// The whole object as JSON, without the private metadata and the URL of an invitation.
    case object
  }

  private struct Node: Sendable {
    let key: MemberName
    var field: Int?
    /// Whether the value must be a text.
    var isText = false
    var members: [Node] = []

    init(key: MemberName, field: Int? = nil, isText: Bool = false, members: [Node] = []) {
      (self.key, self.field, self.isText, self.members) = (key, field, isText, members)
    }
  }

  /// The index of Clerk's id, which every object has.
  static let id = 0

  private var root = Node(
    key: MemberName(""), members: [Node(key: MemberName("id"), field: id, isText: true)])
  private var computed: [(name: Computed, field: Int)] = []
  private(set) var count = 1

  /// Adds a path of member names, and returns the index of its field. If `isText`, an object in which it is neither a
  /// text nor null is malformed, and an absent one counts as null.
  mutating func insert(_ path: [String], isText: Bool = false) -> Int {
    Self.insert(path[...], isText: isText, into: &root, count: &count)
  }

  mutating func insert(_ name: Computed) -> Int {
    if let known = computed.first(where: { $0.name == name }) { return known.field }
    computed.append((name, count))
    defer { count += 1 }
    return count
  }

  /// Adds a field that no object has.
  mutating func insertAbsent() -> Int {
    defer { count += 1 }
    return count
  }

  private static func insert(
    _ path: ArraySlice<String>, isText: Bool, into node: inout Node, count: inout Int
  ) -> Int {
    guard let name = path.first else {
      node.isText = node.isText || isText
      if let known = node.field { return known }
      node.field = count
      defer { count += 1 }
      return count
    }
    let key = MemberName(name)
    let index = node.members.firstIndex { $0.key.stringValue == name } ?? node.members.endIndex
    if index == node.members.endIndex { node.members.append(Node(key: key)) }
    return insert(path.dropFirst(), isText: isText, into: &node.members[index], count: &count)
  }

  /// Returns the fields of an object, by index.
  func read(_ object: KeyedDecodingContainer<MemberName>) throws -> [Field] {
    var fields = Array(repeating: Field.absent, count: count)
    try Self.read(root.members, of: object, into: &fields)
    if !computed.isEmpty {
      let user = ComputedFields(object)
      for (name, field) in computed { fields[field] = try user.field(name) }
    }
    return fields
  }

  private static func read(
    _ nodes: [Node], of object: KeyedDecodingContainer<MemberName>, into fields: inout [Field]
  ) throws {
    for node in nodes {
      if node.isText, let field = node.field, node.members.isEmpty {
        let text = try object.decodeIfPresent(String.self, forKey: node.key)
        fields[field] = text.map { .value(.text($0)) } ?? .null
        continue
      }
      if let field = node.field { fields[field] = Field(object, node.key) }
      if node.members.isEmpty { continue }
      if let members = try? object.nestedContainer(keyedBy: MemberName.self, forKey: node.key) {
        try read(node.members, of: members, into: &fields)
      } else if object.contains(node.key), try !object.decodeNil(forKey: node.key) {
        mark(node.members, in: &fields)
      }
    }
  }

  /// Returns the fields, by index, each with the value of its path. The path of a computed field is its name.
  func values(_ value: (_ path: String) -> Field) -> [Field] {
    var fields = Array(repeating: Field.absent, count: count)
    func fill(_ nodes: [Node], in path: String) {
      for node in nodes {
        let path = path.isEmpty ? node.key.stringValue : "\(path).\(node.key.stringValue)"
        if let field = node.field { fields[field] = value(path) }
        fill(node.members, in: path)
      }
    }
    fill(root.members, in: "")
    for (name, field) in computed { fields[field] = value(name.rawValue) }
    return fields
  }

  /// Returns the fields of a user whom the application describes.
  func values(of user: User) -> [Field] {
    values { path in
      switch path {
      case "id": .value(.text(user.id))
      case "email": .value(.text(user.email))
      case "first_name": .value(.text(user.firstName))
      case "last_name": .value(.text(user.lastName))
      case "name":
        .value(.text([user.firstName, user.lastName].filter { !$0.isEmpty }.joined(separator: " ")))
      case "public_metadata.role": .value(.text(user.role))
      default: .absent
      }
    }
  }

  private static func mark(_ nodes: [Node], in fields: inout [Field]) {
    for node in nodes {
      if let field = node.field { fields[field] = .unusable }
      mark(node.members, in: &fields)
    }
  }
}

extension Field {
  /// Reads a member. A truth value becomes 1 or 0, an array or object its JSON.
  fileprivate init(_ object: KeyedDecodingContainer<MemberName>, _ key: MemberName) {
    // In the order of their frequency, because each failure costs an error.
    if let text = try? object.decodeIfPresent(String.self, forKey: key) as String?? {
      self = text.map { .value(.text($0)) } ?? (object.contains(key) ? .null : .absent)
    } else if let number = try? object.decode(Int64.self, forKey: key) {
      self = .value(.integer(number))
    } else if let truth = try? object.decode(Bool.self, forKey: key) {
      self = .value(.integer(truth ? 1 : 0))
    } else if let number = try? object.decode(Double.self, forKey: key) {
      self = .value(.real(number))
    } else if let json = try? object.decode(JSONTree.self, forKey: key).json {
      self = .value(.text(json))
    } else {
      self = .unusable
    }
  }
}

/// The name of a member of a JSON object.
struct MemberName: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(_ name: String) {
    stringValue = name
  }

  init(stringValue: String) {
    self.stringValue = stringValue
  }

  init?(intValue: Int) { nil }
}
