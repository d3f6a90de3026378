/// An error in a mapping file. It names the place, and what was expected there.
public struct MappingError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The names of the members on the way, such as `user.columns.role.oneOf`; empty for the whole file.
  public let place: String
  public let expected: String

  public var description: String {
    place.isEmpty ? "expected \(expected)" : "\(place): expected \(expected)"
  }
}
