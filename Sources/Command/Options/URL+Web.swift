import ArgumentParser
import Foundation

extension URL {
  /// The endpoint that `make run` serves.
  static let development = "http://127.0.0.1:8080/api/webhooks"

  /// Parses an http or https URL given as an option.
  @Sendable static func web(_ text: String) throws -> URL {
    guard let url = URL(string: text), ["http", "https"].contains(url.scheme?.lowercased()),
      url.host?.isEmpty == false
    else { throw ValidationError("expected http:// or https:// and a host, such as \(development)") }
    return url
  }

  /// The URL without the parts that may be confidential: user, password and query.
  var shown: String {
    guard let host else { return path }
    return "\(scheme ?? "http")://\(host)\(port.map { ":\($0)" } ?? "")\(path)"
  }
}
