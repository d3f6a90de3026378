import ClerkSync

/// A field of Clerk's objects that a column can hold, by the column's name in snake case or camel case.
struct ClerkField {
  /// The path in the event's data.
  let path: String
  let kind: Kind

  enum Kind {
    case text
    case number
    /// A boolean, written as 0 or 1.
    case flag
    /// A time, which the column may have in a format of its own.
    case time
    /// A JSON object, written as text.
    case json
  }

  /// The names of columns for each field, without underscores and in lower case.
  private typealias Fields = [(path: String, kind: Kind, names: Set<String>)]

  private static let userFields: Fields = [
    ("first_name", .text, ["firstname", "givenname", "forename", "fname"]),
    ("last_name", .text, ["lastname", "familyname", "surname", "lname"]),
    ("name", .text, ["name", "fullname", "displayname"]),
    ("username", .text, ["username", "handle"]),
    (
      "phone", .text,
      ["phone", "phonenumber", "primaryphone", "primaryphonenumber", "mobile", "telephone", "tel"]
    ),
    (
      "image_url", .text,
      image.union(["profileimage", "profileimageurl", "profilepicture", "profilepictureurl"])
    ),
    ("external_id", .text, ["externalid"]),
    ("banned", .flag, ["banned", "isbanned"]),
    ("locked", .flag, ["locked", "islocked"]),
    ("email_verified", .flag, ["emailverified", "isemailverified", "emailisverified"]),
    ("two_factor_enabled", .flag, ["twofactorenabled", "istwofactorenabled"]),
    ("last_sign_in_at", .time, ["lastsigninat", "lastsignin", "lastloginat", "lastlogin"]),
    ("last_active_at", .time, ["lastactiveat", "lastactive"]),
    ("public_metadata", .json, ["metadata", "publicmetadata"]),
    ("unsafe_metadata", .json, ["unsafemetadata"]),
    (
      "object", .json, ["profile", "data", "raw", "rawdata", "clerkdata", "clerkuser", "userdata", "payload"]
    ),
  ]

  private static let organizationFields: Fields = [
    ("name", .text, ["name", "organizationname", "orgname", "teamname", "displayname"]),
    ("slug", .text, ["slug", "organizationslug", "orgslug", "teamslug"]),
    ("image_url", .text, image.union(["logo", "logourl"])),
    ("members_count", .number, ["memberscount", "membercount"]),
    ("max_allowed_memberships", .number, ["maxallowedmemberships", "maxmembers"]),
    ("public_metadata", .json, ["metadata", "publicmetadata"]),
    ("object", .json, ["data", "raw", "rawdata", "clerkdata", "payload"]),
  ]

  private static let membershipFields: Fields = [
    ("public_metadata", .json, ["metadata", "publicmetadata"]),
    ("object", .json, ["data", "raw", "rawdata", "clerkdata", "payload"]),
  ]

  private static let image: Set = [
    "image", "imageurl", "avatar", "avatarurl", "picture", "pictureurl", "photo", "photourl",
  ]

  /// Returns the field of a user, an organization or a membership that a column of this name holds; nil if there is none.
  init?(column name: String, of entity: Entity) {
    let fields =
      switch entity {
      case .user: Self.userFields
      case .organization: Self.organizationFields
      case .organizationMembership, .organizationInvitation: Self.membershipFields
      }
    let compact = name.compactName
    guard let field = fields.first(where: { $0.names.contains(compact) }) else { return nil }
    (path, kind) = (field.path, field.kind)
  }
}

/// The columns that hold the times of a row.
enum RowTime {
  private static let created: Set = [
    "createdat", "created", "createdon", "createdate", "datecreated", "createtime", "insertedat",
    "datejoined", "joinedat",
    "registeredat",
  ]
  private static let updated: Set = [
    "updatedat", "updated", "updatedon", "updatetime", "dateupdated", "modifiedat", "modified", "modifiedon",
    "lastmodified", "syncedat", "lastsyncedat",
  ]
  private static let deleted: Set = ["deletedat", "deletedon", "deletiontime"]

  case creation, update, deletion

  init?(column name: String) {
    let compact = name.compactName
    if Self.created.contains(compact) {
      self = .creation
    } else if Self.updated.contains(compact) {
      self = .update
    } else if Self.deleted.contains(compact) {
      self = .deletion
    } else {
      return nil
    }
  }
}
