/// The address of a Redis server and the credentials for it. Its description omits the password.
public struct RedisAddress: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
  public enum Endpoint: Hashable, Sendable {
    case tcp(host: String, port: UInt16)
    case unix(path: String)
  }

  public let endpoint: Endpoint
  /// The user in Redis's access control list; nil for the user named `default`.
  public let user: String?
  /// nil when the server requires none.
  let password: String?
  /// The database number (redis.io/docs/latest/commands/select).
  public let database: Int

  public init(_ endpoint: Endpoint, user: String? = nil, password: String? = nil, database: Int = 0) {
    self.endpoint = endpoint
    self.user = user
    self.password = password
    self.database = database
  }

  public var description: String {
    switch endpoint {
    case .tcp(let host, let port):
      "redis://\(host.contains(":") ? "[\(host)]" : host):\(port)/\(database)"
    case .unix(let path): "unix://\(path)?db=\(database)"
    }
  }

  public var customMirror: Mirror { Mirror(self, children: []) }
}
