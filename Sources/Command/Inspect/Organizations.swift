import ArgumentParser
import ClerkSync
import Settings

/// `clerk-sync organizations`
struct Organizations: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List organizations, or the members of one.",
    discussion: """
      Lists organizations in the order of their ids, or the members of one in the order of their rows. Times are in UTC. \
      CLERK_SYNC_TABLES has to name the tables.

      The exit status is 1 if no organization matches, or if there is no member.
      """)

  @Argument(help: "List the members of the organization with this id.")
  var id: String?

  @Option(
    help: ArgumentHelp("List only organizations whose name or slug contains this text.", valueName: "text"))
  var search: String?

  @Option(
    help: ArgumentHelp("List at most this many rows. (default: 50)", valueName: "n"), transform: Limit.init)
  var limit: Limit?

  @Flag(help: "Print one JSON object per line, with times in milliseconds since 1970.")
  var json = false

  @OptionGroup var settings: SettingsOptions

  func validate() throws {
    if id != nil && search != nil {
      throw ValidationError("--search excludes an id, whose members are listed")
    }
  }

  func run() throws {
    let store = UserStore(try settings.configuration())
    if let id { try listMembers(of: id, in: store) } else { try listOrganizations(in: store) }
  }

  private func listOrganizations(in store: UserStore) throws {
    let search = OrganizationSearch(text: search)
    try list(
      [
        .init(name: "id", isFlexible: true), .init(name: "name", isFlexible: true),
        .init(name: "slug", isFlexible: true), .init(name: "updated"),
      ], of: "organization"
    ) { place, count in
      try store.searchOrganizations(search, after: place, limit: count)
    } cells: { organization in
      [organization.id, organization.name, organization.slug, Self.time(organization.updatedAt)]
    }
  }

  private func listMembers(of id: String, in store: UserStore) throws {
    try list(
      [
        .init(name: "user", isFlexible: true), .init(name: "role", isFlexible: true),
        .init(name: "membership", isFlexible: true), .init(name: "updated"),
      ], of: "member"
    ) { place, count in
      try store.members(ofOrganization: id, after: place, limit: count)
    } cells: { membership in
      [membership.userID, membership.role, membership.id, Self.time(membership.updatedAt)]
    }
  }

  /// Lists the rows of pages that can be short.
  private func list<Row: Encodable, Place>(
    _ columns: [Table.Column], of name: String, read: (Place?, Int) throws -> Page<Row, Place>,
    cells: (Row) -> [String?]
  ) throws {
    var list = Listing<Row>(columns, asJSON: json)
    var (left, place): (Int, Place?) = (limit?.rows ?? 50, nil)
    repeat {
      let page = try read(place, min(left, 500))
      try list.append(page.rows, cells: cells)
      (left, place) = (left - page.rows.count, page.next)
    } while place != nil && left > 0
    if list.isEmpty { throw CommandFailure("no \(name) found", status: .attention) }
    list.finish()
    if limit == nil, place != nil { Terminal.complain("there may be more; use --limit to list them") }
  }

  private static func time(_ milliseconds: Int64?) -> String? {
    milliseconds.map { "\(Timestamp(milliseconds: $0))" }
  }
}
