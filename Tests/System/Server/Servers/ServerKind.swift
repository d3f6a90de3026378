import TestSupport
import Testing

/// Every web server configuration in conf/.
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

  /// Starts the server in a temporary folder. Throws ``ServerNotStarted``.
  ///
  /// - Parameters:
  ///   - settings: additional settings of the handler, passed as in the server's file.
  ///   - changes: additional changes to the server's file of conf/.
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
