import Glibc
import TestSupport

/// The machines of the sender, of the database and of each receiver, all on one switch.
final class Machines: Sendable {
  /// The number of the sender's addresses. Svix has several too, and a receiver limits the rate of each.
  static let senders = 200

  let sender: NetworkNamespace
  let database: NetworkNamespace
  let receivers: [NetworkNamespace]

  /// Whether this machine permits network namespaces.
  static let canBeMade = geteuid() == 0 && (try? Machines(receivers: 1)) != nil

  init(receivers count: Int) throws {
    sender = try NetworkNamespace()
    try sender.ip("link", "add", "switch", "type", "bridge")
    try sender.ip("address", "add", "10.0.0.1/16", "dev", "switch")
    try sender.ip("route", "add", "local", "10.0.1.0/24", "dev", "lo")
    for link in ["lo", "switch"] { try sender.bringUp(link) }
    let others = try (0...count).map { _ in try NetworkNamespace() }
    for (number, machine) in others.enumerated() {
      try sender.ip("link", "add", "port\(number)", "type", "veth", "peer", "eth0", "netns", machine.name)
      try sender.ip("link", "set", "port\(number)", "master", "switch")
      try sender.bringUp("port\(number)")
      try machine.ip("address", "add", "\(Self.address(number))/16", "dev", "eth0")
      for link in ["lo", "eth0"] { try machine.bringUp(link) }
      machine.delay("eth0", milliseconds: 2)
    }
    (database, receivers) = (others[0], Array(others[1...]))
  }

  /// Returns the URL of the queue on the database's machine.
  func queue(password: String) -> String { "redis://:\(password)@\(Self.address(0)):6379" }

  /// Returns the URL of a receiver, counted from 0.
  static func receiver(_ number: Int) -> String { "http://\(address(number + 1))" }

  /// Returns one of the sender's addresses.
  static func sender(_ number: Int) -> String { "10.0.1.\(number % senders + 1)" }

  private static func address(_ number: Int) -> String { "10.0.0.\(number + 2)" }
}
