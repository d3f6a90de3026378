/// The part of a user's public metadata that matters here: the role. Only the application's own
/// backend can write it, unlike the unsafe metadata.
enum PublicMetadata: Decodable, Equatable {
  case noRole
  case role(String)
  /// Something that is no role name.
  case unusable

  private enum CodingKeys: CodingKey {
    case role
  }

  init(from decoder: any Decoder) throws {
    guard let container = try? decoder.container(keyedBy: CodingKeys.self) else {
      self = .unusable
      return
    }
    do {
      self = try container.decodeIfPresent(String.self, forKey: .role).map(Self.role) ?? .noRole
    } catch {
      self = .unusable
    }
  }
}
