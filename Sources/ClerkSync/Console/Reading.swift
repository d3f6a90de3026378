import Gateway

/// What the console asks for.
enum ReadRoute: Equatable {
  case users
  case user(id: String)
  case deliveries
  case stats
  case metrics

  /// By the end of the path; nil for any other one.
  init?(path: String) {
    let known: [(String, ReadRoute)] = [
      ("users", .users), ("deliveries", .deliveries), ("stats", .stats), ("metrics", .metrics),
    ]
    if let (_, route) = known.first(where: { path.hasSuffix("/api/\($0.0)") }) {
      self = route
      return
    }
    // An id has no slash: what follows the last one is it.
    guard let slash = path.lastIndex(of: "/"), path[..<slash].hasSuffix("/api/users") else { return nil }
    let id = path[slash...].dropFirst()
    guard !id.isEmpty, id.unicodeScalars.count <= 200 else { return nil }
    self = .user(id: String(id))
  }
}
