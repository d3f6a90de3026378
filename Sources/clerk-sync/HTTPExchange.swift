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
