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
  func start() throws -> any WebServer {
    switch self {
    case .nginx: try NginxServer()
    case .nginxBehindProxy: try NginxServer(isBehindProxy: true)
    case .lighttpd: try LighttpdServer(startsHandler: true)
    case .lighttpdSocket: try LighttpdServer(startsHandler: false)
    case .apacheSharedHosting: try ApacheServer(.sharedHosting)
    case .apacheProxy: try ApacheServer(.proxy)
    case .apacheCGI: try ApacheServer(.cgi)
    case .caddy: try CaddyServer()
    }
  }
}
