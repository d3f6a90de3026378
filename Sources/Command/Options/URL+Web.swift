import ArgumentParser
import Foundation

extension URL {
  /// The endpoint of `make run`.
  static let development = "http://127.0.0.1:8080/api/webhooks"

  /// Takes the address of a web server's resource, and nothing else.
  @Sendable static func web(_ text: String) throws -> URL {
    guard let url = URL(string: text), ["http", "https"].contains(url.scheme?.lowercased()),
      url.host?.isEmpty == false
    else { throw ValidationError("expected http:// or https:// and a host, such as \(development)") }
    return url
  }

  /// The address without what may be confidential in it: a password, a query.
  var shown: String {
    guard let host else { return path }
    return "\(scheme ?? "http")://\(host)\(port.map { ":\($0)" } ?? "")\(path)"
  }
}
