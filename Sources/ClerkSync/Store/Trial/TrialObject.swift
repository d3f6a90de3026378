import SQLite

/// An object that does not exist at Clerk, as the rows that its events would write.
struct TrialObject {
  /// The time of its events, in milliseconds since 1970.
  static let time: Int64 = 1_700_000_000_000

  let written: Record
  let deleted: Record

  /// Returns an object with each text that the mapping permits, and one without the fields that have a fallback.
  /// `found` is the table in the database.
  static func all(of mapping: TableMapping, in found: DatabaseSchema.Table?) -> [TrialObject] {
    let rules = mapping.key + mapping.columns + mapping.insertion + mapping.match
    var fields = mapping.fields.values { .plausible($0, in: mapping.entity) }
    for rule in rules {
      guard let index = rule.field, let field = rule.plausible(in: found?.column(rule.column.name)) else {
        continue
      }
      fields[index] = field
    }
    let choices = rules.flatMap { rule in
      rule.field.map { index in (rule.conversion?.choices ?? []).map { (index: index, text: $0) } } ?? []
    }
    for choice in choices.reversed() { fields[choice.index] = .value(.text(choice.text)) }
    var objects = [fields]
    for choice in choices where fields[choice.index] != .value(.text(choice.text)) {
      var other = fields
      other[choice.index] = .value(.text(choice.text))
      objects.append(other)
    }
    var bare = fields
    for rule in rules {
      guard let index = rule.field, let conversion = rule.conversion else { continue }
      let isOptionalAddress = rule.isAddress && mapping.missingAddress != .refuse
      if conversion.fallback != nil || conversion.choices != nil || isOptionalAddress { bare[index] = .null }
    }
    if bare != fields { objects.append(bare) }
    return objects.compactMap { fields in
      let id = mapping.entity.trialID
      // The address of the last one may be required after all.
      let written = try? mapping.record(id, fields, type: "trial", version: time)
      return written.map { TrialObject(written: $0, deleted: mapping.deletedRecord(id, fields)) }
    }
  }
}

extension Entity {
  /// The id of an object that does not exist at Clerk.
  fileprivate var trialID: String {
    switch self {
    case .user: "user_clerk_sync_trial"
    case .organization: "org_clerk_sync_trial"
    case .organizationMembership: "orgmem_clerk_sync_trial"
    case .organizationInvitation: "orginv_clerk_sync_trial"
    }
  }
}

extension Field {
  private static let counts: Set = [
    "max_allowed_memberships", "lockout_expires_in_seconds", "verification_attempts_remaining",
  ]

  /// A value of the kind that Clerk has at the path (clerk.com/docs/reference/backend/types/backend-user).
  fileprivate static func plausible(_ path: String, in entity: Entity) -> Field {
    switch path {
    case "id": return .value(.text(entity.trialID))
    case "organization.id", "organization_id": return .value(.text(Entity.organization.trialID))
    case "public_user_data.user_id", "created_by", "inviter_id": return .value(.text(Entity.user.trialID))
    case "phone": return .value(.text("+15005550006"))
    case "object": return .value(.text("{}"))
    default: break
    }
    let name = path.split(separator: ".").last.map(String.init) ?? path
    return switch name {
    case "email", "email_address", "identifier": .value(.text("trial@clerk-sync.invalid"))
    case "banned", "locked", "email_verified", "has_image": .value(.integer(1))
    case "permissions": .value(.text("[]"))
    case _ where name.hasSuffix("metadata"): .value(.text("{}"))
    case _ where name.hasSuffix("_at"): .value(.integer(TrialObject.time))
    case _ where name.hasSuffix("_enabled"): .value(.integer(1))
    case _ where name.hasSuffix("_count") || counts.contains(name): .value(.integer(1))
    case _ where name.hasSuffix("_url"): .value(.text("https://clerk-sync.invalid/trial.png"))
    default: .value(.text("clerk-sync-trial"))
    }
  }
}

extension ColumnRule {
  /// Returns the value of a field whose kind only the application knows; nil for the other fields.
  fileprivate func plausible(in column: DatabaseSchema.Column?) -> Field? {
    if conversion?.time != nil { return .value(.integer(TrialObject.time)) }
    let words = path.split(separator: ".")
    guard words.count > 1, words[0].hasSuffix("_metadata") else { return nil }
    guard let column, column.isNotNull, conversion?.fallback == nil else { return .absent }
    if let word = column.words.first { return .value(.text(word)) }
    return .value(column.holdsText ? .text("clerk-sync-trial") : .integer(1))
  }
}
