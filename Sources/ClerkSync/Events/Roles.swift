/// The roles of the application.
public struct Roles: Hashable, Sendable {
  /// The roles admin, trainer and client.
  public static let standard = Roles(names: ["admin", "trainer", "client"], fallback: "client")

  let names: [String]
  /// The least privileged role, for a user whose metadata has no role or an unknown one.
  public let fallback: String

  private init(names: [String], fallback: String) {
    self.names = names
    self.fallback = fallback
  }

  /// Parses names separated by commas or white space, the least privileged last. Returns nil when there are none.
  package init?(_ text: String) {
    let names = text.split(whereSeparator: { $0.isWhitespace || $0 == "," }).map(String.init)
    guard let fallback = names.last else { return nil }
    self.init(names: names, fallback: fallback)
  }
}
