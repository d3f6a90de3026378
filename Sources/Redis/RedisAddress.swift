/// The address of a Redis server and the credentials for it. Its description omits the passwords.
public struct RedisAddress: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
  public enum Endpoint: Hashable, Sendable, CustomStringConvertible {
    case tcp(host: String, port: UInt16)
    case unix(path: String)

    public var description: String {
      switch self {
      case .tcp(let host, let port): "\(host.contains(":") ? "[\(host)]" : host):\(port)"
      case .unix(let path): path
      }
    }
  }

  public enum Server: Hashable, Sendable {
    case fixed(Endpoint)
    /// The current master of this name, which the first of the sentinels that answers knows.
    case master(name: String, sentinels: [RedisAddress])
  }

  /// The server has to prove its name with a certificate.
  public struct TLS: Hashable, Sendable {
    /// The path of a PEM file with the certificates of the trusted authorities; nil for those of the system.
    public let authorities: String?

    public init(authorities: String? = nil) {
      self.authorities = authorities
    }

    /// Whether libssl, which TLS needs, is on this machine.
    public static var isAvailable: Bool { TLSSession.isAvailable }
  }

  public let server: Server
  /// The user in Redis's access control list; nil for the user named `default`.
  public let user: String?
  /// nil when the server requires none.
  let password: String?
  /// The database number (redis.io/docs/latest/commands/select).
  public let database: Int
  /// nil for a connection without TLS. A unix socket has none.
  public let tls: TLS?

  public init(
    _ server: Server, user: String? = nil, password: String? = nil, database: Int = 0, tls: TLS? = nil
  ) {
    self.server = server
    self.user = user
    self.password = password
    self.database = database
    self.tls = tls
  }

  public init(
    _ endpoint: Endpoint, user: String? = nil, password: String? = nil, database: Int = 0, tls: TLS? = nil
  ) {
    self.init(.fixed(endpoint), user: user, password: password, database: database, tls: tls)
  }

  public var description: String {
    let scheme = tls == nil ? "redis" : "rediss"
    return switch server {
    case .fixed(.unix(let path)): "unix://\(path)?db=\(database)"
    case .fixed(let endpoint): "\(scheme)://\(endpoint)/\(database)"
    case .master(let name, let sentinels):
      "\(scheme)+sentinel://\(sentinels.map(\.place).joined(separator: ","))/\(name)/\(database)"
    }
  }

  /// The endpoint alone, without the database.
  public var place: String { if case .fixed(let endpoint) = server { "\(endpoint)" } else { description } }

  public var customMirror: Mirror { Mirror(self, children: []) }
}
