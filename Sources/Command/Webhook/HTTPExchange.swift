import Foundation
import FoundationNetworking

/// One HTTP request and its response. A redirect is a response like any other and is not followed.
struct HTTPExchange {
  /// The default timeout for a silent server: the same as Svix's.
  private static let timeout = Duration.seconds(15)

  let status: Int
  let body: [UInt8]
  private let response: HTTPURLResponse

  /// Sends the request and waits for the complete response. Throws a ``CommandFailure`` if there is none.
  init(
    _ method: String, _ url: URL, headers: [(String, String)] = [], body: [UInt8] = [],
    timeout: Duration = Self.timeout
  ) async throws {
    var request = URLRequest(url: url)
    request.httpMethod = method
    for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
    if !body.isEmpty { request.httpBody = Data(body) }
    let configuration = URLSessionConfiguration.ephemeral
    configuration.timeoutIntervalForRequest = timeout / .seconds(1)
    let session = URLSession(configuration: configuration, delegate: RedirectRefusal(), delegateQueue: nil)
    defer { session.finishTasksAndInvalidate() }
    do {
      let (data, response) = try await session.data(for: request)
      guard let response = response as? HTTPURLResponse else { throw URLError(.badServerResponse) }
      (status, self.body, self.response) = (response.statusCode, Array(data), response)
    } catch let error as URLError {
      throw CommandFailure("\(url.shown): \(Self.explain(error, url, timeout))")
    }
  }

  func header(_ name: String) -> String? { response.value(forHTTPHeaderField: name) }

  /// Returns a string member of the body, if the body is a JSON object.
  subscript(member: String) -> String? {
    (try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])?[member] as? String
  }

  private static func explain(_ error: URLError, _ url: URL, _ timeout: Duration) -> String {
    switch error.code {
    case .cannotFindHost, .dnsLookupFailed:
      "no such host: check the name in the URL, and this machine's DNS"
    case .cannotConnectToHost:
      "connection refused, or host unreachable: check the host and port, and that the web server runs"
    case .timedOut:
      "no answer within \(timeout.components.seconds) s: check that the handler runs, and that no firewall drops the packets"
    case .networkConnectionLost, .badServerResponse, .cannotParseResponse:
      "the connection closed before a complete HTTP response: check that the port speaks \(url.scheme ?? "http")"
    // libcurl's description names the fault of a certificate; the error code rarely does.
    case _ where url.scheme?.lowercased() == "https":
      "no response over TLS (\(error.localizedDescription.singleLine)): check the certificate's name, chain and dates, "
        + "and that the port speaks https"
    default:
      "no response (\(error.localizedDescription.singleLine)): run `curl -v` for details"
    }
  }
}

/// Interpretation of an endpoint's response for the operator.
extension HTTPExchange {
  /// The body on one line, truncated to 500 characters, which no response of the handler exceeds.
  var excerpt: String {
    let words = String(decoding: body, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    return String(words.joined(separator: " ").singleLine.prefix(500))
  }

  private var location: String {
    header("location").flatMap(URL.init)?.shown.singleLine ?? "nowhere"
  }

  /// The meaning of an unsuccessful response, and the suggested remedy.
  var advice: String {
    switch (status, self["error"]) {
    case (_, "missing_secret"?):
      "the handler has no secret: set CLERK_WEBHOOK_SIGNING_SECRET in its environment and restart it"
    case (_, "missing_headers"?):
      "the svix headers did not arrive: configure the web server, and any proxy in front of it, to pass them on"
    case (_, "invalid_signature"?):
      "the endpoint has another secret, its clock is wrong, or the body was changed in transit: see the handler's log, "
        + "and compare the secrets and clocks"
    case (_, "malformed_event"?), (_, "no_primary_email"?), (_, "no_user_id"?):
      "the signature is valid, but the event cannot be applied: correct the body"
    case (_, "wrong_instance"?):
      "the handler's CLERK_SYNC_INSTANCE is another one: set the same here, or send the instance_id that it names"
    case (_, "incomplete_body"?):
      "the body was truncated in transit: see the web server's error log"
    case (_, "configuration_error"?):
      "a setting passed by the web server is invalid: see the handler's log"
    case (_, "database_error"?), (_, "unavailable"?):
      "the database is not usable: see the handler's log, or run clerk-sync doctor"
    case (_, "queue_error"?), (_, "queue_unavailable"?):
      "the queue does not accept deliveries: see the handler's log, or run clerk-sync doctor"
    case (300...399, _):
      "redirected to \(location): Svix does not follow redirects; use the final URL"
    case (401, _), (403, _):
      "a server or proxy in front of the handler requires authentication: allow requests to this path"
    case (404, _):
      "nothing answers at this path: expected a path ending in /api/webhooks, or one of CLERK_SYNC_PATH, that the web "
        + "server passes to the handler"
    case (405, _):
      "this path does not accept POST: expected a path ending in /api/webhooks, or one of CLERK_SYNC_PATH"
    case (413, _):
      "the body exceeds CLERK_SYNC_MAX_BODY, or the limit of the web server (client_max_body_size)"
    case (429, _):
      "the web server limits the request rate: exempt this path, or wait"
    case (500, _):
      "the web server, or the program behind it, failed: see its error log"
    case (502, _), (503, _):
      "the web server cannot reach the handler: start the handler, and give the web server's user access to its socket"
    case (504, _):
      "the handler did not answer the web server in time: see its log, and check for a lock on the database"
    default:
      "not a response of the handler: check the URL, and any proxy in front of the handler"
    }
  }
}

extension Date {
  /// Parses an IMF-fixdate, the format of dates in HTTP (RFC 9110, section 5.6.7).
  init?(httpDate text: String) {
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.timeZone = .gmt
    format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    guard let date = format.date(from: text) else { return nil }
    self = date
  }
}

/// Disables redirects. Svix does not follow a redirect, and a secret key must not be sent to another server.
final class RedirectRefusal: NSObject, URLSessionTaskDelegate {
  func urlSession(
    _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
    newRequest request: URLRequest, completionHandler: @escaping (URLRequest?) -> Void
  ) {
    completionHandler(nil)
  }
}
