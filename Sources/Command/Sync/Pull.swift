import ArgumentParser
import ClerkSync
import Settings

/// `clerk-sync pull`
struct Pull: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Fetch single objects from Clerk and apply them now.",
    discussion: """
      Fetches users (user_…), organizations (org_…), memberships (orgmem_…, or org_…/user_…) and invitations (orginv_…) \
      from Clerk's Backend API, and writes them as `clerk-sync backfill` does: a row that is newer is left unchanged. \
      The row of an object that Clerk does not have is deleted permanently, unless it is foreign as for \
      `clerk-sync reconcile`. A membership or an invitation that has no row is searched in Clerk's list of all. The API \
      requires a secret key in CLERK_SECRET_KEY, or in the file named by CLERK_SECRET_KEY_FILE.

      Prints one line for each object, with the result. Users are written first, then organizations, then memberships.

      The exit status is 1 if an object could not be written, or a foreign row was kept.
      """)

  @Argument(help: ArgumentHelp("Clerk's ids of the objects.", valueName: "id"))
  var ids: [String]

  @OptionGroup var source: APIOptions

  @OptionGroup var settings: SettingsOptions

  func validate() throws {
    for (number, id) in ids.enumerated() where PulledID(id) == nil {
      // The text may be an e-mail address, which no message contains.
      throw ValidationError(
        "id \(number + 1) is none of Clerk's: expected user_…, org_…, orgmem_…, org_…/user_… or orginv_…")
    }
  }

  func run() async throws {
    let configuration = try settings.configuration()
    let ids = ids.compactMap(PulledID.init)
    for id in ids { try configuration.requireTable(of: id.entity) }
    let api = try source.api(settings, mapping: configuration.mapping)
    let store = UserStore(configuration)
    try store.prepare()

    var results: [String: PullResult] = [:]
    for entity in Entity.allCases {
      var fetched: [(id: String, object: Result<BackendObject, UnusableObject>)] = []
      for id in ids where id.entity == entity && results[id.text] == nil {
        let target = try PullTarget(id, in: store)
        if let object = try await api.object(at: target.address) {
          fetched.append((id.text, object))
        } else {
          results[id.text] = try target.delete(from: store)
        }
      }
      try results.merge(write(fetched, to: store)) { $1 }
    }
    var isComplete = true
    for id in ids {
      guard let result = results[id.text] else { continue }
      print("\(id.text)  \(result.text)")
      isComplete = isComplete && !result.needsAttention
    }
    if !isComplete { throw ExitCode(.attention) }
  }

  /// Writes the objects together, because two users may have exchanged their addresses.
  private func write(
    _ fetched: [(id: String, object: Result<BackendObject, UnusableObject>)], to store: UserStore
  ) throws -> [String: PullResult] {
    var written: [String: ObjectComparison] = [:]
    var writer = ObjectWriter(store) { written[$0] = $1 }
    try writer.write(fetched.map(\.object))
    try writer.settleConflicts()
    var results: [String: PullResult] = [:]
    for (id, object) in fetched {
      if let comparison = object.objectID.flatMap({ written[$0] }) {
        results[id] = PullResult(text: comparison.result)
      } else {
        let skipped = writer.tally.skipped.first { $0.id == object.objectID }
        results[id] = PullResult(text: "not written: \(skipped?.reason ?? "no id")", needsAttention: true)
      }
    }
    return results
  }
}

/// The result for one object.
private struct PullResult {
  let text: String
  var needsAttention = false
}

/// The id of an object to be pulled, or the two ids that identify a membership.
private struct PulledID {
  let text: String
  let entity: Entity

  /// Returns nil if the text has not the form of an id of Clerk's.
  init?(_ text: String) {
    guard let entity = Entity.allCases.first(where: { $0.hasForm(ofKey: text) }),
      text.utf8.allSatisfy(Self.isPermitted), text.split(separator: "/").allSatisfy({ $0.last != "_" })
    else { return nil }
    (self.text, self.entity) = (text, entity)
  }

  private static func isPermitted(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "/"):
      true
    default: false
    }
  }
}

/// An object to be pulled, as the table and the API know it.
private struct PullTarget {
  let address: ObjectAddress
  private let entity: Entity
  /// nil if there is none.
  private let row: StoredObject?

  init(_ id: PulledID, in store: UserStore) throws {
    entity = id.entity
    // A table that is keyed by organization and user has no id of the membership.
    let pair = entity == .organizationMembership ? try store.pair(ofMembership: id.text) : nil
    let key = pair ?? id.text
    row = try store.object(entity, key: key)
    let ends = key.split(separator: "/").map(String.init)
    address =
      (ends.count == 2
        ? ObjectAddress(entity, key: key, organization: ends[0], user: ends[1])
        : ObjectAddress(entity, key: key, organization: row?.organization, user: row?.user))
      ?? .listed(entity, id: key)
  }

  /// Deletes the row of an object that Clerk does not have.
  func delete(from store: UserStore) throws -> PullResult {
    guard let row else { return PullResult(text: "unchanged, neither Clerk nor the table has it") }
    guard !row.isForeign else {
      return PullResult(
        text: "kept: Clerk does not have it, and no change of Clerk's has been applied to the row",
        needsAttention: true)
    }
    try store.delete(entity, key: row.key, source: .backfill)
    return PullResult(text: "deleted, Clerk does not have it")
  }
}
