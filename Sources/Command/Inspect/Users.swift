import ArgumentParser
import ClerkSync
import Settings

/// `clerk-sync users`
struct Users: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List users, or find some of them.",
    discussion: """
      Lists users in the order of their ids. Times are in UTC.

      The exit status is 1 if no user matches.
      """)

  @Argument(help: "List only the user with this id.")
  var id: String?

  @Option(
    help: ArgumentHelp("List only the user with exactly this e-mail address.", valueName: "address"))
  var email: String?

  @Option(help: "List only users with this role.")
  var role: String?

  @Option(
    help: ArgumentHelp("List at most this many users. (default: 50)", valueName: "n"), transform: Limit.init)
  var limit: Limit?

  @Flag(
    help: """
      Print one JSON object per line, with createdAt and updatedAt in the stored unit, or in milliseconds with \
      CLERK_SYNC_TABLES.
      """)
  var json = false

  @OptionGroup var settings: SettingsOptions

  func run() throws {
    let configuration = try settings.configurationWithUsers()
    let store = UserStore(configuration)
    let filter = UserFilter(id: id, email: email, role: role)
    var list = Listing<StoredUser>(
      [
        .init(name: "id", isFlexible: true), .init(name: "email", isFlexible: true),
        .init(name: "name", isFlexible: true), .init(name: "role", isFlexible: true), .init(name: "updated"),
      ], asJSON: json)
    var last: String?
    try Pages.walk(limit: limit?.rows ?? 50) { user, count in
      try store.users(filter, after: user?.id, limit: count)
    } body: { users in
      try list.append(users) { user in
        let updated = store.options.timestamps.milliseconds(user.updatedAt)
        return [
          user.id, user.email.isEmpty ? nil : user.email, user.name, user.role.isEmpty ? nil : user.role,
          updated == 0 ? nil : "\(Timestamp(milliseconds: updated))",
        ]
      }
      last = users.last?.id ?? last
    }
    guard let last else { throw CommandFailure("no user found", status: .attention) }
    list.finish()
    if limit == nil, try !store.users(filter, after: last, limit: 1).isEmpty {
      Terminal.complain("more users match; use --limit to list them")
    }
  }
}

extension StoredUser {
  fileprivate var name: String? {
    let names = [firstName, lastName].filter { !$0.isEmpty }
    return names.isEmpty ? nil : names.joined(separator: " ")
  }
}
