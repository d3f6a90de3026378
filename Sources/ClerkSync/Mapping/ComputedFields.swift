import FoundationEssentials
import SQLite

/// The values of an object that have no path of their own; but for the whole object, those of a user
/// (clerk.com/docs/reference/backend/types/backend-user).
struct ComputedFields {
  /// An e-mail address or a telephone number.
  private struct Identification: Decodable {
    let id: String?
    let text: String?

    private enum CodingKeys: String, CodingKey {
      case id
      case email = "email_address"
      case phone = "phone_number"
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      id = try container.decodeIfPresent(String.self, forKey: .id)
      text =
        try container.decodeIfPresent(String.self, forKey: .email)
        ?? container.decodeIfPresent(String.self, forKey: .phone)
    }
  }

  private struct Verification: Decodable {
    struct Status: Decodable {
      let status: String?
    }

    let id: String?
    let verification: Status?
  }

  /// The members that the whole object is stored without. The URL of an invitation lets its bearer in.
  private static let secrets: Set = ["private_metadata", "url"]

  private let object: KeyedDecodingContainer<MemberName>

  init(_ object: KeyedDecodingContainer<MemberName>) {
    self.object = object
  }

  func field(_ name: FieldTree.Computed) throws -> Field {
    switch name {
    case .email:
      let address: Identification? = try primary("primary_email_address_id", of: "email_addresses", id: \.id)
      return try address == nil && isExample ? .unusable : Field(address?.text)
    case .emailVerified:
      let address: Verification? = try primary("primary_email_address_id", of: "email_addresses", id: \.id)
      return address.map { .value(.integer($0.verification?.status == "verified" ? 1 : 0)) } ?? .null
    case .phone:
      let number: Identification? = try primary("primary_phone_number_id", of: "phone_numbers", id: \.id)
      return Field(number?.text)
    case .name:
      let names = try ["first_name", "last_name"].compactMap { try text($0) }.filter { !$0.isEmpty }
      return Field(names.joined(separator: " "))
    case .object:
      var members: [String: JSONTree] = [:]
      for key in object.allKeys where !Self.secrets.contains(key.stringValue) {
        members[key.stringValue] = try object.decode(JSONTree.self, forKey: key)
      }
      // That of a membership.
      if case .object(var organization)? = members["organization"] {
        organization["private_metadata"] = nil
        members["organization"] = .object(organization)
      }
      return Field(JSONTree.object(members).json)
    }
  }

  /// Whether there is a primary address but no address at all, as in the example events of Clerk's dashboard.
  private var isExample: Bool {
    get throws {
      let key = MemberName("email_addresses")
      guard try text("primary_email_address_id") != nil, object.contains(key),
        try !object.decodeNil(forKey: key)
      else { return false }
      return try object.nestedUnkeyedContainer(forKey: key).count == 0
    }
  }

  private func text(_ name: String) throws -> String? {
    try object.decodeIfPresent(String.self, forKey: MemberName(name))
  }

  /// Returns the element with the id that `reference` holds, which need not be the first in the list.
  private func primary<Element: Decodable>(
    _ reference: String, of list: String, id: (Element) -> String?
  ) throws -> Element? {
    let all = try object.decodeIfPresent([Element?].self, forKey: MemberName(list))
    guard let primary = try text(reference) else { return nil }
    return all?.lazy.compactMap(\.self).first { id($0) == primary }
  }
}

extension Field {
  /// An empty text counts as none.
  fileprivate init(_ text: String?) {
    self = text.flatMap { $0.isEmpty ? nil : .value(.text($0)) } ?? .null
  }
}
