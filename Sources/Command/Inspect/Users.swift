import ArgumentParser
import ClerkSync
import Settings

/// `clerk-sync users`
struct Users: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the users, or look for some.",
    discussion: "In the order of their ids; times are in UTC. Exits with 1 when there are none.")

  @OptionGroup var settings: SettingsOptions

  @Argument(help: "The user with this id.")
  var id: String?

  @Option(help: "The user with this e-mail address, as it is stored.")
  var email: String?

  @Option(help: "Users in this role.")
  var role: String?

  @Option(help: "At most so many. (default: 50)", transform: Limit.init)
  var limit: Limit?

  @Flag(help: "One JSON object a line; createdAt and updatedAt as they are stored.")
  var json = false

  func run() throws {
    let configuration = try settings.configuration()
    let store = UserStore(configuration)
    let filter = UserFilter(id: id, email: email, role: role)
    var table = Table([
      .init(name: "id", isFlexible: true), .init(name: "email", isFlexible: true),
      .init(name: "name", isFlexible: true), .init(name: "role", isFlexible: true), .init(name: "updated"),
    ])
    var last: String?
    try Pages.walk(limit: limit?.rows ?? 50) { user, count in
      try store.users(filter, after: user?.id, limit: count)
    } body: { users in
      for user in users {
        if json {
          try JSONLine.print(user)
        } else {
          let updated = Timestamp(milliseconds: configuration.timestamps.milliseconds(user.updatedAt))
          table.append([user.id, user.email, user.name, user.role, "\(updated)"])
        }
      }
      last = users.last?.id ?? last
    }
    guard let last else { throw CommandFailure("no such user", status: .attention) }
    if !json { print(table.text(), terminator: "") }
    if limit == nil, try !store.users(filter, after: last, limit: 1).isEmpty {
      Terminal.complain("there are more: --limit says how many are listed")
    }
  }
}

extension StoredUser {
  fileprivate var name: String? {
    let names = [firstName, lastName].filter { !$0.isEmpty }
    return names.isEmpty ? nil : names.joined(separator: " ")
  }
}
