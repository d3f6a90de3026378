import FoundationEssentials
import Redis
import Svix

extension Configuration {
  /// Reads the queue's address from CLERK_SYNC_QUEUE, or from the file that CLERK_SYNC_QUEUE_FILE names.
  static func queue(in variables: Variables) throws(ConfigurationError) -> RedisAddress? {
    guard let (name, text) = try variables.confidential("CLERK_SYNC_QUEUE") else { return nil }
    // A file ends in a line break, which is removed. White space within the URL remains and is rejected
    // below.
    let url = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    guard !url.lowercased().hasPrefix("rediss:") else {
      throw .malformed(
        variable: name,
        expected:
          "redis:// or unix://, because TLS is not supported: run stunnel on this machine, "
          + "and name its port or unix socket")
    }
    guard let address = RedisAddress(url: url) else {
      throw .malformed(
        variable: name,
        expected:
          "redis://user:password@host:port/number or unix:///path?db=number, percent-encoded; only the host or the "
          + "path has to be there")
    }
    return address
  }
}

extension RedisAddress {
  /// Parses `redis://[[user]:password@]host[:port][/number]` (iana.org/assignments/uri-schemes/prov/redis)
  /// and `unix://[[user]:password@]/path[?db=number]`, also as `redis+unix:`.
  init?(url: String) {
    guard let parts = URLComponents(string: url, encodingInvalidCharacters: false), parts.fragment == nil,
      // A user without a password cannot authenticate.
      (parts.user ?? "").isEmpty || !(parts.password ?? "").isEmpty
    else { return nil }
    let endpoint: Endpoint
    let number: String
    switch parts.scheme?.lowercased() {
    case "redis":
      guard let host = parts.host, !host.isEmpty, parts.query == nil,
        let port = UInt16(exactly: parts.port ?? 6379), port > 0
      else { return nil }
      endpoint = .tcp(host: String(host.filter { !"[]".contains($0) }), port: port)
      number = String(parts.path.dropFirst())
    case "unix", "redis+unix":
      let items = parts.queryItems ?? []
      guard (parts.host ?? "").isEmpty, parts.port == nil, parts.path.hasPrefix("/"), parts.path.count > 1,
        items.isEmpty || items.map(\.name) == ["db"], !parts.path.utf8.contains(0)
      else { return nil }
      endpoint = .unix(path: parts.path)
      number = items.first?.value ?? ""
    default: return nil
    }
    guard let database = number.isEmpty ? 0 : Self.number(number) else { return nil }
    let password = parts.password.flatMap { $0.isEmpty ? nil : $0 }
    let user = parts.user.flatMap { $0.isEmpty ? nil : $0 }
    self.init(endpoint, user: user, password: password, database: database)
  }

  private static func number(_ text: String) -> Int? {
    text.utf8.areDecimalDigits ? Int(text) : nil
  }
}
