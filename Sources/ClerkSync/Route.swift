import Gateway

/// What a request asks for, by the end of its path.
///
/// Only the end counts, so that the same program answers as nginx's location `/api/webhooks`, as
/// `/cgi-bin/clerk-sync.fcgi/api/webhooks`, and under the bare URL of the script.
enum Route: Equatable {
  case webhook
  case health
  case read(ReadRoute)

  init(_ parameters: Parameters) throws(RequestFailure) {
    let method = parameters["REQUEST_METHOD"] ?? ""
    let script = parameters["SCRIPT_NAME"] ?? ""
    let pathInfo = parameters["PATH_INFO"] ?? ""
    let path = script + pathInfo
    let isBareScript = ["", "/"].contains(pathInfo) && [".fcgi", ".cgi"].contains { script.hasSuffix($0) }

    if path.hasSuffix("/api/webhooks") || path.isEmpty || isBareScript {
      guard method == "POST" else { throw .methodNotAllowed(allowed: "POST") }
      self = .webhook
    } else if path.hasSuffix("/api/health") {
      guard method == "GET" || method == "HEAD" else { throw .methodNotAllowed(allowed: "GET, HEAD") }
      self = .health
    } else if let route = ReadRoute(path: path) {
      self = .read(route)
    } else {
      throw .notFound
    }
  }
}
