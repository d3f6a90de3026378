/// A random history of users, organizations and memberships at Clerk.
///
/// A user who leaves an organization can join it again, with another membership. The members of a deleted organization,
/// and the memberships of a deleted user, end with it, whether Clerk sends their own events or not.
public struct OrganizationHistory: Sendable {
  /// An event, as the message that carries it.
  public struct Message: Sendable {
    /// The same on every attempt to deliver the message.
    public let id: String
    public let payload: String
  }

  public struct Organization: Sendable {
    let id: String
    var name: String
    var slug: String?
    var updatedAt: Int
  }

  public struct Membership: Sendable {
    let id: String
    let organization: String
    let user: String
    var role: String
    var updatedAt: Int
  }

  /// What is delivered. Some creations get lost where a later event makes up for them.
  public private(set) var messages: [Message] = []
  /// The addresses of the users who have not been deleted, by their ids.
  public private(set) var users: [String: String] = [:]
  /// The organizations that have not been deleted, by their ids.
  public private(set) var organizations: [String: Organization] = [:]
  /// The memberships that have not ended, by their ids.
  public private(set) var memberships: [String: Membership] = [:]

  private let name: String
  private var random: SplitMix64
  private var time = 1_700_000_000_000
  private var count = 0

  /// `name` distinguishes the ids from those of other histories.
  public init(_ name: String, steps: Int, using generator: inout SplitMix64) {
    self.name = name
    random = SplitMix64(seed: generator.next())
    for _ in 0..<3 { createUser() }
    for _ in 0..<2 { createOrganization() }
    for _ in 0..<steps { step() }
  }

  private mutating func step() {
    time += Int.random(in: 1...1500, using: &random)
    switch Int.random(in: 0..<100, using: &random) {
    case ..<10: createUser()
    case ..<20: createOrganization()
    case ..<50: join()
    case ..<65: changeRole()
    case ..<75: rename()
    case ..<90: leave()
    case ..<95: deleteOrganization()
    default: deleteUser()
    }
  }

  private mutating func createUser() {
    let id = nextID("user")
    users[id] = "\(id)@example.org"
    let isLost = random.happens(10)
    if !isLost { send(Payload.user(id: id, updatedAt: time)) }
    if isLost || random.happens(30) {
      time += 1
      users[id] = "\(id)-2@example.org"
      send(Payload.user("user.updated", id: id, email: "\(id)-2@example.org", updatedAt: time))
    }
  }

  private mutating func createOrganization() {
    let id = nextID("org")
    let organization = Organization(
      id: id, name: "Acme", slug: random.happens(50) ? id : nil, updatedAt: time)
    organizations[id] = organization
    if random.happens(10) { return rename(id) }
    send("organization.created", organization.json)
  }

  private mutating func rename(_ chosen: String? = nil) {
    guard let id = chosen ?? organizations.keys.sorted().randomElement(using: &random) else { return }
    organizations[id]?.name = "Name \(Int.random(in: 0..<1000, using: &random))"
    organizations[id]?.updatedAt = time
    send("organization.updated", organizations[id]?.json ?? "")
  }

  private mutating func join() {
    guard let user = users.keys.sorted().randomElement(using: &random),
      let organization = organizations.keys.sorted().randomElement(using: &random),
      !memberships.values.contains(where: { $0.user == user && $0.organization == organization })
    else { return }
    let id = nextID("orgmem")
    memberships[id] = Membership(
      id: id, organization: organization, user: user, role: "org:member", updatedAt: time)
    if random.happens(10) { return changeRole(id) }
    send("organizationMembership.created", json(id))
  }

  private mutating func changeRole(_ chosen: String? = nil) {
    guard let id = chosen ?? memberships.keys.sorted().randomElement(using: &random) else { return }
    memberships[id]?.role = ["org:admin", "org:member", "org:guest"].randomElement(using: &random) ?? ""
    memberships[id]?.updatedAt = time
    send("organizationMembership.updated", json(id))
  }

  private mutating func leave() {
    guard let id = memberships.keys.sorted().randomElement(using: &random) else { return }
    end(id)
    // Joins again at once, perhaps.
    if random.happens(30) { join() }
  }

  /// Ends a membership. Its event has the membership's old `updated_at`.
  private mutating func end(_ id: String, isSent: Bool = true) {
    if isSent { send("organizationMembership.deleted", json(id)) }
    memberships[id] = nil
    time += 1
  }

  private mutating func deleteOrganization() {
    guard let id = organizations.keys.sorted().randomElement(using: &random) else { return }
    let areSent = random.happens(50)
    for membership in memberships.values.filter({ $0.organization == id }).sorted(by: { $0.id < $1.id }) {
      end(membership.id, isSent: areSent)
    }
    organizations[id] = nil
    send(Payload.organizationDeleted(id: id, timestamp: time))
  }

  private mutating func deleteUser() {
    guard let id = users.keys.sorted().randomElement(using: &random) else { return }
    let areSent = random.happens(50)
    for membership in memberships.values.filter({ $0.user == id }).sorted(by: { $0.id < $1.id }) {
      end(membership.id, isSent: areSent)
    }
    users[id] = nil
    send(Payload.deleted(id: id, timestamp: time))
  }

  private func json(_ id: String) -> String {
    guard let membership = memberships[id], let organization = organizations[membership.organization] else {
      return ""
    }
    return Payload.membership(
      id: id, organization: organization.json, user: membership.user, role: membership.role,
      updatedAt: membership.updatedAt)
  }

  private mutating func send(_ type: String, _ data: String) {
    send(Payload.event(type, data: data, timestamp: time))
  }

  private mutating func send(_ payload: String) {
    messages.append(Message(id: "msg_\(name)_\(messages.count)", payload: payload))
  }

  private mutating func nextID(_ kind: String) -> String {
    count += 1
    return "\(kind)_\(name)\(count)"
  }
}

extension OrganizationHistory.Organization {
  fileprivate var json: String {
    Payload.organization(id: id, name: name, slug: slug, updatedAt: updatedAt)
  }
}
