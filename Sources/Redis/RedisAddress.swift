/// Where a Redis server is, and as whom to speak to it. It prints without the password.
public struct RedisAddress: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
  public enum Endpoint: Hashable, Sendable {
    case tcp(host: String, port: UInt16)
    case unix(path: String)
  }

  public let endpoint: Endpoint
  /// The user of an access control list; nil for the one named `default`.
  public let user: String?
  /// nil where none is asked for.
  let password: String?
  /// The number of the database, 0 unless several share a server (redis.io/docs/latest/commands/select).
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
