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
    guard let address = RedisAddress(url: url) else {
      throw .malformed(
        variable: name,
        expected:
          "redis://user:password@host:port/number, rediss:// for TLS, with ?ssl_ca_certs=/file for an authority "
          + "of your own, redis+sentinel://host:port,host:port/master or unix:///path?db=number, percent-encoded; "
          + "only the hosts, the master or the path have to be there"
      )
    }
    guard address.tls == nil || RedisAddress.TLS.isAvailable else {
      throw .malformed(
        variable: name,
        expected:
          "an address without TLS, because libssl is missing on this machine: install it (Debian: libssl3), "
          + "or run stunnel on this machine, and name its port or unix socket")
    }
    return address
  }
}

extension RedisAddress {
  /// Parses these forms, and `redis+unix:` as well as `unix:`. The options have redis-py's names. The first form is
  /// registered (iana.org/assignments/uri-schemes/prov/redis).
  ///
  ///     redis[s]://[[user]:password@]host[:port][/number]
  ///     redis[s]+sentinel://[[user]:password@]host[:port][,host[:port]…]/master[/number]
  ///     unix://[[user]:password@]/path[?db=number]
  ///
  /// The options `sentinel_username` and `sentinel_password` are the sentinels' credentials. With TLS, `ssl_ca_certs`
  /// names the file of the trusted authorities.
  init?(url: String) {
    let scheme = url.prefix { $0 != ":" }.lowercased()
    let tlsOptions = scheme.hasPrefix("rediss") ? ["ssl_ca_certs"] : []
    switch scheme {
    case "redis", "rediss":
      guard let parts = RedisURL(url, options: tlsOptions), let endpoint = parts.endpoint(port: 6379),
        let database = Self.number(parts.path.dropFirst())
      else { return nil }
      self.init(
        endpoint, user: parts.user, password: parts.password, database: database, tls: parts.tls)
    case "redis+sentinel", "rediss+sentinel":
      self.init(sentinelURL: url, options: ["sentinel_username", "sentinel_password"] + tlsOptions)
    case "unix", "redis+unix":
      guard let parts = RedisURL(url, options: ["db"]), parts.isOfSocket,
        let database = Self.number(parts.options["db", default: ""])
      else { return nil }
      self.init(.unix(path: parts.path), user: parts.user, password: parts.password, database: database)
    default: return nil
    }
  }

  private init?(sentinelURL url: String, options: [String]) {
    // A URL has one host: the first stays, and the others are parsed as URLs of their own.
    guard let start = url.firstRange(of: "://")?.upperBound else { return nil }
    let authority = url[start...].prefix { !"/?#".contains($0) }
    let hostsStart = authority.lastIndex(of: "@").map(url.index(after:)) ?? start
    let hosts = url[hostsStart..<authority.endIndex].split(separator: ",", omittingEmptySubsequences: false)
    guard let first = hosts.first,
      let parts = RedisURL(url[..<hostsStart] + first + url[authority.endIndex...], options: options)
    else { return nil }

    let words = parts.path.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).dropFirst()
    let user = parts.options["sentinel_username"]
    let password = parts.options["sentinel_password"]
    guard let name = words.first, !name.isEmpty, name.utf8.allSatisfy(Self.isAllowedInName),
      let database = Self.number(words.dropFirst().first ?? ""), user == nil || password != nil
    else { return nil }
    var sentinels: [RedisAddress] = []
    for host in hosts {
      guard let sentinel = RedisURL("redis://\(host)", options: []), sentinel.path.isEmpty,
        let endpoint = sentinel.endpoint(port: 26_379)
      else { return nil }
      sentinels.append(RedisAddress(endpoint, user: user, password: password, tls: parts.tls))
    }
    self.init(
      .master(name: String(name), sentinels: sentinels), user: parts.user, password: parts.password,
      database: database, tls: parts.tls)
  }

  /// Returns 0 for an empty text.
  private static func number(_ text: some StringProtocol) -> Int? {
    text.isEmpty ? 0 : text.utf8.areDecimalDigits ? Int(text) : nil
  }

  /// What Sentinel accepts in the name of a master.
  private static func isAllowedInName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: ".-_".utf8.contains(byte)
    }
  }
}

/// The decoded parts of a URL with one host.
private struct RedisURL {
  let host: String
  let port: Int?
  /// nil if empty.
  let user: String?
  /// nil if empty.
  let password: String?
  let path: String
  /// The options of the query that are not empty.
  let options: [String: String]
  /// nil for a scheme without TLS.
  let tls: RedisAddress.TLS?

  /// Returns nil for a URL that has other options than those of these names, or one twice.
  init?(_ url: some StringProtocol, options names: [String]) {
    guard let parts = URLComponents(string: String(url), encodingInvalidCharacters: false),
      parts.fragment == nil,
      parts.query == nil || !names.isEmpty
    else { return nil }
    host = String((parts.host ?? "").filter { !"[]".contains($0) })
    port = parts.port
    path = parts.path
    user = parts.user.flatMap { $0.isEmpty ? nil : $0 }
    password = parts.password.flatMap { $0.isEmpty ? nil : $0 }
    // A user without a password cannot authenticate.
    guard user == nil || password != nil else { return nil }

    var options: [String: String] = [:]
    for item in parts.queryItems ?? [] {
      guard names.contains(item.name), options[item.name] == nil else { return nil }
      options[item.name] = item.value ?? ""
    }
    self.options = options.filter { !$1.isEmpty }
    let authorities = self.options["ssl_ca_certs"]
    guard authorities.map({ $0.hasPrefix("/") && !$0.utf8.contains(0) }) ?? true else { return nil }
    tls =
      parts.scheme?.lowercased().hasPrefix("rediss") == true
      ? RedisAddress.TLS(authorities: authorities) : nil
  }

  /// Whether it has the path of a socket and nothing of a host.
  var isOfSocket: Bool {
    host.isEmpty && port == nil && path.hasPrefix("/") && path.count > 1 && !path.utf8.contains(0)
  }

  /// Returns nil unless there is one host. A URL may have a comma in it.
  func endpoint(port standard: Int) -> RedisAddress.Endpoint? {
    guard !host.isEmpty, !host.contains(","), let port = UInt16(exactly: port ?? standard), port > 0 else {
      return nil
    }
    return .tcp(host: host, port: port)
  }
}
