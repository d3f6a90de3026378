import Gateway

/// The target of a request, determined by the end of its path.
///
/// Only the end counts, so that the same program serves nginx's location `/api/webhooks`,
/// `/cgi-bin/clerk-sync.fcgi/api/webhooks` and the bare URL of the script. The path is what the web server passes as
/// SCRIPT_NAME and PATH_INFO, which is decoded and has no query (RFC 3875, sections 4.1.5 and 4.1.13).
enum Route: Equatable {
  case webhook
  case health
  case read(ReadRoute)

  /// Returns nil for a path that nothing answers. `webhookPaths` are those of the webhook beside `/api/webhooks`. The
  /// webhook's path may have a trailing slash.
  init?(_ parameters: Parameters, webhookPaths: [String]) throws(RequestFailure) {
    let method = parameters["REQUEST_METHOD"] ?? ""
    let script = parameters["SCRIPT_NAME"] ?? ""
    let pathInfo = parameters["PATH_INFO"] ?? ""
    let path = script + pathInfo
    let end = path.hasSuffix("/") ? String(path.dropLast()) : path
    let isBareScript = ["", "/"].contains(pathInfo) && [".fcgi", ".cgi"].contains { script.hasSuffix($0) }

    if end.hasSuffix("/api/webhooks") || path.isEmpty || isBareScript {
      guard method == "POST" else { throw .methodNotAllowed(allowed: "POST") }
      self = .webhook
    } else if path.hasSuffix("/api/health") {
      guard method == "GET" || method == "HEAD" else { throw .methodNotAllowed(allowed: "GET, HEAD") }
      self = .health
    } else if let route = ReadRoute(path: path) {
      self = .read(route)
    } else if webhookPaths.contains(where: end.hasSuffix) {
      guard method == "POST" else { throw .methodNotAllowed(allowed: "POST") }
      self = .webhook
    } else {
      return nil
    }
  }
}

/// The paths of the console's API.
enum ReadRoute: Equatable {
  case users
  case user(id: String)
  case organizations
  case organization(id: String)
  case deliveries
  case stats
  case metrics

  /// Matches the end of the path. Returns nil for any other path.
  init?(path: String) {
    let known: [(String, ReadRoute)] = [
      ("users", .users), ("organizations", .organizations), ("deliveries", .deliveries), ("stats", .stats),
      ("metrics", .metrics),
    ]
    if let (_, route) = known.first(where: { path.hasSuffix("/api/\($0.0)") }) {
      self = route
      return
    }
    // An id contains no slash, so it is the part after the last one.
    guard let slash = path.lastIndex(of: "/") else { return nil }
    let (list, id) = (path[..<slash], String(path[slash...].dropFirst()))
    guard !id.isEmpty, id.unicodeScalars.count <= 200 else { return nil }
    if list.hasSuffix("/api/users") {
      self = .user(id: id)
    } else if list.hasSuffix("/api/organizations") {
      self = .organization(id: id)
    } else {
      return nil
    }
  }
}
