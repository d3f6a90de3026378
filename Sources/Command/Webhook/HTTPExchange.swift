import Foundation
import FoundationNetworking

/// One HTTP request and its answer. A redirect is an answer, too; it is not followed.
struct HTTPExchange {
  /// How long a server may say nothing, in seconds; Svix waits 15.
  private static let timeout: TimeInterval = 15

  let status: Int
  let body: [UInt8]
  private let response: HTTPURLResponse

  /// Sends the request and waits for the whole answer; throws a ``CommandFailure`` when there is none.
  init(_ method: String, _ url: URL, headers: [(String, String)] = [], body: [UInt8] = []) async throws {
    var request = URLRequest(url: url)
    request.httpMethod = method
    for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
    if !body.isEmpty { request.httpBody = Data(body) }
    let configuration = URLSessionConfiguration.ephemeral
    configuration.timeoutIntervalForRequest = Self.timeout
    let session = URLSession(configuration: configuration, delegate: RedirectRefusal(), delegateQueue: nil)
    defer { session.finishTasksAndInvalidate() }
    do {
      let (data, response) = try await session.data(for: request)
      guard let response = response as? HTTPURLResponse else { throw URLError(.badServerResponse) }
      (status, self.body, self.response) = (response.statusCode, Array(data), response)
    } catch let error as URLError {
      throw CommandFailure("\(url.shown): \(Self.explain(error, url))")
    }
  }

  func header(_ name: String) -> String? { response.value(forHTTPHeaderField: name) }

  /// A string member of the JSON object that the body is.
  subscript(member: String) -> String? {
    (try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])?[member] as? String
  }

  private static func explain(_ error: URLError, _ url: URL) -> String {
    switch error.code {
    case .cannotFindHost, .dnsLookupFailed:
      "no such host: check the name in the URL, and this machine's DNS"
    case .cannotConnectToHost:
      "connection refused, or no way there: check the host and the port, and that the web server runs"
    case .timedOut:
      "no answer within \(Int(timeout)) s: check that the handler runs, and that no firewall drops the packets"
    case .networkConnectionLost, .badServerResponse, .cannotParseResponse:
      "the connection ended before a whole HTTP answer: check that the port speaks \(url.scheme ?? "http")"
    // libcurl's words name what is wrong with a certificate; the error's code rarely does.
    case _ where url.scheme?.lowercased() == "https":
      "no answer over TLS (\(error.localizedDescription.singleLine)): check the certificate's name, chain and dates, and "
        + "that the port speaks https"
    default:
      "no answer (\(error.localizedDescription.singleLine)); `curl -v` tells more"
    }
  }
}

/// What an operator makes of an endpoint's answer.
extension HTTPExchange {
  /// The body in one line, cut where it is longer than an answer of the handler's would be.
  var excerpt: String {
    let words = String(decoding: body, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    return String(words.joined(separator: " ").singleLine.prefix(500))
  }

  private var location: String {
    header("location").flatMap(URL.init)?.shown.singleLine ?? "nowhere"
  }

  /// What an answer other than success means, and what to do.
  var advice: String {
    switch (status, self["error"]) {
    case (_, "missing_secret"?):
      "the handler has no secret: set CLERK_WEBHOOK_SIGNING_SECRET in its environment and start it anew"
    case (_, "missing_headers"?):
      "the svix headers did not arrive: let the web server and what is before it pass them on"
    case (_, "invalid_signature"?):
      "the endpoint has another secret, its clock is off, or the body was changed on the way: compare the secrets and "
        + "the clocks; the handler's log says which"
    case (_, "malformed_event"?), (_, "no_primary_email"?), (_, "no_user_id"?):
      "signed and verified, but no event that can be applied: correct the body"
    case (_, "incomplete_body"?):
      "the body was cut short on the way: look into the web server's error log"
    case (_, "configuration_error"?):
      "a setting that the web server passes cannot be used: the handler's log names it"
    case (_, "database_error"?), (_, "unavailable"?):
      "the database cannot be used: see the handler's log, or clerk-sync doctor"
    case (300...399, _):
      "redirected to \(location): Svix follows no redirect; use the final address"
    case (401, _), (403, _):
      "something before the handler wants a login or refuses: let requests to this path through"
    case (404, _):
      "nothing answers at this path: it has to end in /api/webhooks, and the web server has to pass it on"
    case (405, _):
      "this path takes no POST: it has to end in /api/webhooks"
    case (413, _):
      "too long for CLERK_SYNC_MAX_BODY, or for the web server (client_max_body_size)"
    case (429, _):
      "the web server limits the rate: exempt this path, or wait"
    case (500, _):
      "the web server or the program behind it failed: see its error log"
    case (502, _), (503, _):
      "the web server does not reach the handler: start it, and let its socket be reached by the web server's user"
    case (504, _):
      "the handler did not answer the web server in time: see its log, and what holds the database's lock"
    default:
      "not an answer of the handler's: check the URL, and what is before the handler"
    }
  }
}

/// Leaves redirects alone, so that they are answers like any other: Svix does not follow one with a webhook, and a secret
/// key must not follow one to another server.
final class RedirectRefusal: NSObject, URLSessionTaskDelegate {
  func urlSession(
    _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
    newRequest request: URLRequest, completionHandler: @escaping (URLRequest?) -> Void
  ) {
    completionHandler(nil)
  }
}
