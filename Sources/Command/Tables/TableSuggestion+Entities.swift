import ClerkSync

extension TableSuggestion {
  /// Maps the columns of a table of users. Returns the column for Clerk's id, which may have to be added.
  mutating func addUserColumns() -> String {
    let found = findKey()
    let key = found ?? (table.usesCamelCase ? "clerkId" : "clerk_id")
    if found == nil {
      self.key = [JSON5.Member(key: key, value: .text("id"), comment: "check: add this column")]
      remarks.append(
        "check: no column holds Clerk's id. Add \(key) TEXT to \(table.name), with a unique index.")
    }
    for column in table.columns where column.name != key {
      switch column.name.compactName {
      case _ where column.isEmail && !column.isGenerated: addEmail(column)
      case "role", "userrole": addRole(column, from: "public_metadata.role")
      default: add(column)
      }
    }
    let emails = table.columns.filter { $0.isEmail && !$0.isGenerated }
    if let email = emails.first, found == nil || samples[key]?.hasNull == true {
      match = .object([JSON5.Member(key: email.name, value: .text("email"))])
    }
    guard !onDelete.isEmpty else { return key }
    for email in emails where table.isUnique(email) {
      if email.isNotNull {
        remarks.append(
          "check: the row of a deleted user keeps \(email.name), which no other user can have then.")
      } else {
        onDelete.append(JSON5.Member(key: email.name, value: .inline(["value": .null])))
      }
    }
    return key
  }

  /// Maps the columns of a table of organizations. Returns the column for Clerk's id; nil if there is none.
  mutating func addOrganizationColumns(users: Target) -> String? {
    guard let key = findKey() else { return nil }
    for column in table.columns where column.name != key {
      let isCreator = ["createdby", "createdbyid", "creatorid", "ownerid"].contains(column.name.compactName)
      if isCreator, table.foreignKey(of: column).map({ $0.table == users.table.name }) != false {
        let value = reference(column, to: users, path: "created_by")
        columns.append(JSON5.Member(key: column.name, value: value))
      } else {
        add(column)
      }
    }
    return key
  }

  /// Maps the columns of a table of memberships. Returns false if nothing in it identifies a membership of Clerk's.
  mutating func addMembershipColumns(users: Target, organizations: Target) -> Bool {
    guard let user = table.column(of: users, named: DatabaseSchema.Column.userReferences),
      let organization = table.column(of: organizations, named: DatabaseSchema.Column.organizationReferences)
    else { return false }
    let links = [
      JSON5.Member(
        key: organization.name, value: reference(organization, to: organizations, path: "organization.id")),
      JSON5.Member(key: user.name, value: reference(user, to: users, path: "public_user_data.user_id")),
    ]
    let found = findKey()
    if found == nil {
      // The pair identifies a membership too.
      guard table.isUnique([organization, user]) else { return false }
      key = links
    }
    for column in table.columns where column.name != found {
      if let link = links.first(where: { $0.key == column.name }) {
        if found != nil { columns.append(link) }
      } else if column.name.compactName == "role" {
        addRole(column, from: "role", clerkWords: ["org:admin", "org:member"])
      } else {
        add(column)
      }
    }
    return true
  }
}

extension DatabaseSchema.Table {
  /// Whether most names of columns with several words are in camel case.
  fileprivate var usesCamelCase: Bool {
    let names = columns.map(\.name).filter { $0.nameWords.count > 1 }
    return names.count { !$0.contains("_") } * 2 > names.count
  }

  /// Whether the table links users with organizations, each pair once: it is named for members, or the pair is unique.
  func links(_ users: TableSuggestion.Target, with organizations: TableSuggestion.Target) -> Bool {
    guard !isView, name != users.table.name, name != organizations.table.name,
      let user = column(of: users, named: DatabaseSchema.Column.userReferences),
      let organization = column(of: organizations, named: DatabaseSchema.Column.organizationReferences)
    else { return false }
    return name.nameWords.contains { $0.hasPrefix("member") } || isUnique([organization, user])
  }

  /// Returns the column that references the target, by its foreign key or else by its name.
  fileprivate func column(
    of target: TableSuggestion.Target, named names: Set<String>
  ) -> DatabaseSchema.Column? {
    columns.first { foreignKey(of: $0)?.table.lowercased() == target.table.name.lowercased() }
      ?? columns.first { names.contains($0.name.compactName) && foreignKey(of: $0) == nil }
  }

  /// Whether no two rows can have the same values in the columns.
  fileprivate func isUnique(_ columns: [DatabaseSchema.Column]) -> Bool {
    uniqueIndexes.contains { !$0.isPartial && Set($0.columns) == Set(columns.map(\.name)) }
  }
}
