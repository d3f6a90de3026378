/// The roles the application knows.
public struct Roles: Equatable, Sendable {
  /// admin, trainer and client.
  public static let standard = Roles(names: ["admin", "trainer", "client"], fallback: "client")

  private let names: [String]
  /// The role of a user whose metadata names none, or one that is not known: the least privileged.
  public let fallback: String

  private init(names: [String], fallback: String) {
    self.names = names
    self.fallback = fallback
  }

  /// Reads names separated by commas or white space, the least privileged last; nil when there is none.
  package init?(_ text: String) {
    let names = text.split(whereSeparator: { $0.isWhitespace || $0 == "," }).map(String.init)
    guard let fallback = names.last else { return nil }
    self.init(names: names, fallback: fallback)
  }

  /// The role that public metadata grants, and whether it names no other one.
  func role(for metadata: PublicMetadata?) -> (role: String, isKnown: Bool) {
    switch metadata {
    case nil, .noRole: (fallback, true)
    case .role(let name) where names.contains(name): (name, true)
    case .role, .unusable: (fallback, false)
    }
  }
}
