import ClerkSync
import FoundationEssentials
import Synchronization

/// The mappings of a process, each made once. A mapping file that changes is read by the next process.
enum MappingCache {
  private enum Source: Hashable {
    case builtIn(Roles, TimestampUnit, healsOnSession: Bool)
    case file(path: String, healsOnSession: Bool)
  }

  private static let mappings = Mutex<[Source: Mapping]>([:])

  /// Returns the mapping that the other settings select.
  static func mapping(for configuration: Configuration) throws(ConfigurationError) -> Mapping {
    let (roles, unit) = (configuration.roles, configuration.timestamps)
    let heals = configuration.healsOnSession
    if configuration.tables == nil, roles == .standard, unit == .milliseconds, !heals { return .builtIn }
    let source =
      configuration.tables.map { Source.file(path: $0, healsOnSession: heals) }
      ?? .builtIn(roles, unit, healsOnSession: heals)
    if let known = mappings.withLock({ $0[source] }) { return known }
    let mapping: Mapping =
      switch source {
      case .builtIn: .users(roles: roles, timestamps: unit, healsOnSession: heals)
      case .file(let path, _): try read(path, healsOnSession: heals)
      }
    mappings.withLock { $0[source] = mapping }
    return mapping
  }

  private static func read(_ path: String, healsOnSession: Bool) throws(ConfigurationError) -> Mapping {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw .unreadableFile(variable: "CLERK_SYNC_TABLES")
    }
    do {
      return try Mapping(json5: text, healsOnSession: healsOnSession)
    } catch {
      throw .mapping(path: path, error)
    }
  }
}
