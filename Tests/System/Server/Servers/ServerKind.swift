import TestSupport
import Testing

/// Every way of conf/ to serve the handler.
enum ServerKind: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case nginx = "nginx"
  case nginxBehindProxy = "nginx behind one more nginx"
  case lighttpd = "lighttpd, which starts the handler"
  case lighttpdSocket = "lighttpd on a socket"
  case apacheSharedHosting = "Apache's mod_fcgid by .htaccess alone"
  case apacheProxy = "Apache's mod_proxy_fcgi"
  case apacheCGI = "Apache's mod_cgid"
  case caddy = "Caddy"

  var testDescription: String { rawValue }

  /// Starts it in a folder of its own; throws ``ServerNotStarted``.
  ///
  /// - Parameters:
  ///   - settings: the handler's, beside the least ones, given in the way of this server's file.
  ///   - changes: further places of its file of conf/ that the test changes.
  func start(settings: [String: String] = [:], changes: [(String, String)] = []) throws -> any WebServer {
    switch self {
    case .nginx: try NginxServer(environment: settings, changes: changes)
    case .nginxBehindProxy: try NginxServer(environment: settings, changes: changes, isBehindProxy: true)
    case .lighttpd: try LighttpdServer(startsHandler: true, settings: settings, changes: changes)
    case .lighttpdSocket: try LighttpdServer(startsHandler: false, settings: settings, changes: changes)
    case .apacheSharedHosting: try ApacheServer(.sharedHosting, settings: settings, changes: changes)
    case .apacheProxy: try ApacheServer(.proxy, settings: settings, changes: changes)
    case .apacheCGI: try ApacheServer(.cgi, settings: settings, changes: changes)
    case .caddy: try CaddyServer(settings: settings, changes: changes)
    }
  }
}
