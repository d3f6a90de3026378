import SQLite

/// Reads from a mapped organizations table.
extension TableMapping {
  /// The SELECT of ``StoredOrganization/init(_:)``.
  private var organizationSelection: SQL {
    let parts: [SQL] = ["\(idColumn)", column(for: "name"), column(for: "slug"), creationTime, updateTime]
    return "SELECT \(SQL(joining: parts, separator: ", ")) FROM \(table)"
  }

  /// Organizations with ids from ?1 up to ?2, after the id ?3.
  private var organizationRange: SQL {
    """
    \(organizationSelection) WHERE \(idColumn) >= ?1 AND \(idColumn) < ?2 AND \(idColumn) > ?3 \
    ORDER BY \(idColumn) LIMIT ?4
    """
  }

  /// Returns the organization's row; nil if there is none.
  func readOrganization(_ id: String, on connection: borrowing Connection) throws(SQLiteError)
    -> StoredOrganization?
  {
    try connection.first("\(organizationSelection) WHERE \(idColumn) = ?1", id, row: StoredOrganization.init)
  }

  /// Returns up to `limit` matches among the next organizations after `id`.
  func search(
    _ search: OrganizationSearch, after id: String, limit: Int, on connection: borrowing Connection
  ) throws(SQLiteError) -> Page<StoredOrganization, String> {
    let low = if case .id(let text) = search.term { text } else { "" }
    return try page(
      organizationRange, from: low, to: low + Self.end, after: id, limit: limit, on: connection,
      row: StoredOrganization.init, includes: search.includes)
  }
}

extension StoredOrganization {
  /// Reads the current row.
  fileprivate init(_ row: borrowing Statement) {
    id = row.text(at: 0) ?? ""
    (name, slug) = (row.text(at: 1), row.text(at: 2))
    (createdAt, updatedAt) = (row.integer(at: 3), row.integer(at: 4))
  }
}

/// A search for organizations.
package struct OrganizationSearch {
  /// The search text, by what it can match.
  enum Term: Equatable {
    /// A prefix of an id.
    case id(String)
    /// A part of a name or a slug, or a prefix of an id, in lower case.
    case any(String)
  }

  let term: Term?

  package init(text: String?) {
    term = text.map { $0.hasPrefix(Entity.organization.idPrefix) ? .id($0) : .any($0.lowercased()) }
  }

  /// Whether the organization matches the condition if no index has checked it.
  func includes(_ organization: StoredOrganization) -> Bool {
    guard case .any(let text) = term else { return true }
    return organization.id.lowercased().hasPrefix(text)
      || [organization.name, organization.slug].contains { $0?.lowercased().contains(text) == true }
  }
}
