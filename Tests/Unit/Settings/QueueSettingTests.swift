import Gateway
import Redis
import TestSupport
import Testing

@testable import ClerkSync
@testable import Server
@testable import Settings

@Suite struct QueueSettingTests {
  @Test(arguments: [
    ("redis://localhost", RedisAddress(.tcp(host: "localhost", port: 6379))),
    ("REDIS://redis.example.org:6380/", RedisAddress(.tcp(host: "redis.example.org", port: 6380))),
    ("redis://10.0.0.1/3", RedisAddress(.tcp(host: "10.0.0.1", port: 6379), database: 3)),
    ("redis://[::1]:7000/0", RedisAddress(.tcp(host: "::1", port: 7000))),
    ("redis://:secret@h", RedisAddress(.tcp(host: "h", port: 6379), password: "secret")),
    (
      "redis://ada:p%40s%3A%2F%25%23@h:1/15",
      RedisAddress(.tcp(host: "h", port: 1), user: "ada", password: "p@s:/%#", database: 15)
    ),
    ("unix:///run/redis.sock", RedisAddress(.unix(path: "/run/redis.sock"))),
    ("unix:/run/redis.sock?db=2", RedisAddress(.unix(path: "/run/redis.sock"), database: 2)),
    (
      "rediss://:s%40@redis.example.org",
      RedisAddress(.tcp(host: "redis.example.org", port: 6379), password: "s@", tls: RedisAddress.TLS())
    ),
    (
      "rediss://h:1/2?ssl_ca_certs=/etc/a%20b.pem",
      RedisAddress(
        .tcp(host: "h", port: 1), database: 2, tls: RedisAddress.TLS(authorities: "/etc/a b.pem"))
    ),
    ("redis+sentinel://s1/mymaster", sentinels(["s1:26379"])),
    (
      "redis+sentinel://ada:p%40@s1:1,[::1],10.0.0.1:2/my-master.1/3?sentinel_password=s%40&sentinel_username=bob",
      sentinels(
        ["s1:1", "::1:26379", "10.0.0.1:2"], "my-master.1", user: "ada", password: "p@", database: 3,
        sentinelUser: "bob", sentinelPassword: "s@")
    ),
    (
      "rediss+sentinel://:p@s1,s2/m?ssl_ca_certs=/ca.pem",
      sentinels(
        ["s1:26379", "s2:26379"], "m", password: "p", tls: RedisAddress.TLS(authorities: "/ca.pem"))
    ),
    ("redis+unix:///a%20b?db=0", RedisAddress(.unix(path: "/a b"))),
    ("unix://:s%40@/r", RedisAddress(.unix(path: "/r"), password: "s@")),
    ("unix://ada:s@/r?db=1", RedisAddress(.unix(path: "/r"), user: "ada", password: "s", database: 1)),
  ])
  func `A valid URL gives the server's address`(url: String, expected: RedisAddress) throws {
    #expect(try Configuration(environment: ["CLERK_SYNC_QUEUE": url]).queue == expected)
    #expect(try Configuration().overridden(by: ["CLERK_SYNC_QUEUE": url]).queue == expected)
    let folder = try TemporaryFolder()
    let path = try folder.write("\(url)\n", to: "queue")
    #expect(try Configuration(environment: ["CLERK_SYNC_QUEUE_FILE": path]).queue == expected)
    #expect(!"\(expected)".contains("s@"))
  }

  @Test(arguments: [
    "h:6379", "http://h", "redis:", "redis://", "redis://:6379", "redis://h:0", "redis://h:65536",
    "redis://h:x",
    "redis://h/x", "redis://h/-1", "redis://h/1/2", "redis://h/0x1", "redis://h?db=1", "redis://h#1",
    "redis://ada@h", "redis://ada:@h", "redis://:p%4@h", "redis://:p#x@h", "redis://:a b@h", "unix://h/r",
    "unix://", "unix:", "unix:///", "unix:///r?db=x", "unix:///r?db=1&db=2", "unix:///r?database=1",
    "unix:///r%00s", "tcp://h", " ", "redis://h1,h2", "redis://h?ssl_ca_certs=/ca",
    "rediss://h?ssl_ca_certs=ca",
    "rediss://h?ssl_ca_certs=/a&ssl_ca_certs=/b", "rediss://h?cert=/a", "redis+sentinel://",
    "redis+sentinel://h",
    "redis+sentinel://h/", "redis+sentinel://h,/m", "redis+sentinel://,h/m", "redis+sentinel://h,a@g/m",
    "redis+sentinel://h:0/m", "redis+sentinel://h/m/x", "redis+sentinel://h/m/1/2",
    "redis+sentinel://h/m%20n",
    "redis+sentinel://h/m?sentinel_username=a", "redis+sentinel://h/m?ssl_ca_certs=/ca", "redis+sentinel:h/m",
  ])
  func `A malformed URL is an error that names the variable and the form expected`(url: String) throws {
    let error = #expect(throws: ConfigurationError.self) {
      try Configuration(environment: ["CLERK_SYNC_QUEUE": url])
    }
    let expected =
      "CLERK_SYNC_QUEUE cannot be used: expected redis://user:password@host:port/number, rediss:// for TLS, "
      + "with ?ssl_ca_certs=/file for an authority of your own, redis+sentinel://host:port,host:port/master or "
      + "unix:///path?db=number, percent-encoded; only the hosts, the master or the path have to be there"
    #expect(error?.description == expected)
  }

  @Test func `A description has every host and no password`() throws {
    let url = "rediss+sentinel://ada:secret@s1,[::1]:2/m/3?sentinel_password=secret2"
    let address = try #require(try Configuration(environment: ["CLERK_SYNC_QUEUE": url]).queue)
    #expect("\(address)" == "rediss+sentinel://s1:26379,[::1]:2/m/3")
    var dumped = ""
    dump(address, to: &dumped)
    dump(address.server, to: &dumped)
    #expect(!dumped.contains("secret"))
  }

  @Test func `Without the setting there is no queue`() throws {
    for value in [nil, ""] {
      let parameters = Parameters(
        value.map { [("CLERK_SYNC_QUEUE", $0), ("CLERK_SYNC_QUEUE_FILE", $0)] } ?? [])
      #expect(try Configuration(environment: parameters).queue == nil)
    }
    #expect(throws: ConfigurationError.unreadableFile(variable: "CLERK_SYNC_QUEUE_FILE")) {
      try Configuration(environment: ["CLERK_SYNC_QUEUE_FILE": "/dev/null/queue"])
    }
  }

  private static func sentinels(
    _ places: [String], _ name: String = "mymaster", user: String? = nil, password: String? = nil,
    database: Int = 0, sentinelUser: String? = nil, sentinelPassword: String? = nil,
    tls: RedisAddress.TLS? = nil
  ) -> RedisAddress {
    let sentinels = places.map { place in
      let colon = place.lastIndex(of: ":") ?? place.endIndex
      let endpoint = RedisAddress.Endpoint.tcp(
        host: String(place[..<colon]), port: UInt16(place[colon...].dropFirst()) ?? 0)
      return RedisAddress(endpoint, user: sentinelUser, password: sentinelPassword, tls: tls)
    }
    return RedisAddress(
      .master(name: name, sentinels: sentinels), user: user, password: password, database: database, tls: tls)
  }
}
