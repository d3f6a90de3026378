/// A random history of a few users at Clerk, who also take over each other's e-mail addresses.
///
/// Every order of delivery can end in Clerk's final state: a user who gives up an address moves to one that
/// nobody else ever has. If that address were passed on too, two users who exchange addresses through it
/// could wait for each other forever.
public struct ClerkHistory: Sendable {
  /// The events, in the order in which they happened.
  public private(set) var events: [ClerkMessage] = []

  private let name: String
  private let losesAddresses: Bool
  private var random: SplitMix64
  private var time = 1_700_000_000_000
  private var addresses = 0
  private var people: [ClerkUser] = []
  /// The addresses that another user may still take.
  private var passable: Set<String> = []

  /// Creates a history of `users` users. `name` distinguishes their ids and addresses from those of other
  /// histories. If it `losesAddresses`, a user can also be without one, which is then the empty text.
  public init(
    _ name: String, users: Int, losesAddresses: Bool = false, using generator: inout SplitMix64
  ) {
    (self.name, self.losesAddresses) = (name, losesAddresses)
    random = SplitMix64(seed: generator.next())
    for number in 0..<users {
      let hasAddress = !(losesAddresses && random.happens(10))
      create("user_\(name)_\(number)", email: hasAddress ? freshAddress(passable: true) : "")
      for _ in 0..<Int.random(in: 0...6, using: &random) { change() }
    }
  }

  /// The final users: the last state of every user who was not deleted.
  public var users: Set<ClerkUser> {
    var users: [String: ClerkUser] = [:]
    for event in events { users[event.user.id] = event.kind == .deleted ? nil : event.user }
    return Set(users.values)
  }

  /// The messages that are delivered. Some creations get lost where a later event makes up for them.
  public var messages: [ClerkMessage] {
    var random = random
    let changed = Set(events.filter { $0.kind != .created }.map(\.user.id))
    return events.filter { $0.kind != .created || !changed.contains($0.user.id) || !random.happens(10) }
  }

  private mutating func change() {
    guard let index = people.indices.randomElement(using: &random) else { return }
    if losesAddresses, random.happens(10) { return loseAddress(index) }
    switch Int.random(in: 0..<100, using: &random) {
    case ..<30: update(index) { $0.firstName = ["Ada", "Zoë", "O'Neil", ""].randomElement(using: &$1) ?? "" }
    case ..<45: update(index) { $0.role = ["admin", "trainer", "client"].randomElement(using: &$1) ?? "" }
    case ..<55: move(index, to: freshAddress(passable: true))
    case ..<70: handOver(from: index)
    case ..<85: exchange(index)
    default: delete(index)
    }
  }

  private mutating func create(_ id: String, email: String) {
    people.append(ClerkUser(id: id, email: email, firstName: "Ada", lastName: "Lovelace", role: "client"))
    record(.created, people[people.count - 1], after: Int.random(in: 1...1500, using: &random))
  }

  private mutating func update(_ index: Int, _ body: (inout ClerkUser, inout SplitMix64) -> Void) {
    body(&people[index], &random)
    // Clerk may give a user's creation and first change the same millisecond.
    let isFirst = events.last?.kind == .created && events.last?.user.id == people[index].id
    let pause = isFirst && random.happens(50) ? 0 : Int.random(in: 1...1500, using: &random)
    record(.updated, people[index], after: pause)
  }

  private mutating func move(_ index: Int, to address: String) {
    update(index) { user, _ in user.email = address }
  }

  private mutating func delete(_ index: Int) {
    let user = people.remove(at: index)
    record(.deleted, user, after: Int.random(in: 0...1500, using: &random))
    if passable.contains(user.email), random.happens(50) { take(user.email) }
  }

  /// A user has no address any more, which another one may take.
  private mutating func loseAddress(_ index: Int) {
    let address = people[index].email
    move(index, to: "")
    if passable.contains(address), random.happens(50) { take(address, except: index) }
  }

  /// One user gives up an address, and another one takes it.
  private mutating func handOver(from index: Int) {
    let address = people[index].email
    guard passable.contains(address) else { return }
    move(index, to: freshAddress(passable: false))
    take(address, except: index)
  }

  private mutating func take(_ address: String, except index: Int? = nil) {
    guard let taker = people.indices.filter({ $0 != index }).randomElement(using: &random) else { return }
    move(taker, to: address)
  }

  /// Two users exchange addresses, which Clerk allows only through a third address.
  private mutating func exchange(_ one: Int) {
    let others = people.indices.filter { $0 != one && passable.contains(people[$0].email) }
    guard passable.contains(people[one].email), let other = others.randomElement(using: &random)
    else { return }
    let (first, second) = (people[one].email, people[other].email)
    move(one, to: freshAddress(passable: false))
    move(other, to: first)
    move(one, to: second)
    passable.subtract([first, second])
  }

  private mutating func freshAddress(passable isPassable: Bool) -> String {
    addresses += 1
    let address = "\(name)-\(addresses)@example.org"
    if isPassable { passable.insert(address) }
    return address
  }

  private mutating func record(_ kind: ClerkMessage.Kind, _ user: ClerkUser, after pause: Int) {
    time += pause
    // A deletion has only the envelope's time, which may be in whole seconds.
    let version = kind == .deleted && random.happens(50) ? time / 1000 * 1000 : time
    events.append(ClerkMessage(id: "msg_\(name)_\(events.count)", kind: kind, user: user, version: version))
  }
}
