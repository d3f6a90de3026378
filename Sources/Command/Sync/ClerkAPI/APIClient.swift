import Foundation
import FoundationNetworking
import Queue

/// Sends requests to one server, and retries temporary failures.
struct APIClient: Sendable {
  /// The result of one attempt.
  private enum Attempt {
    case answered(Data?)
    /// To be retried, after `pause` seconds if the server specifies a time.
    case failed(reason: String, pause: Double?)
  }

  /// The version of the API (clerk.com/docs/guides/development/upgrading/versioning).
  private static let version = "2026-05-12"

  private let base: String
  private let key: SecretKey
  private let session: URLSession

  /// `base` is a URL without a trailing slash.
  init(base: String, key: SecretKey) {
    self.base = base
    self.key = key
    let configuration = URLSessionConfiguration.ephemeral
    configuration.timeoutIntervalForRequest = 60
    configuration.urlCache = nil
    session = URLSession(configuration: configuration)
  }

  /// Returns the body of the response; nil if the status is 404.
  ///
  /// Retries after a connection error, a 5xx status, or the time that a 429 response specifies.
  func get(_ path: String) async throws -> Data? {
    guard let url = URL(string: base + path) else { throw CommandFailure("\(base) is not a URL") }
    var request = URLRequest(url: url)
    request.setValue(key.authorization, forHTTPHeaderField: "Authorization")
    request.setValue(Self.version, forHTTPHeaderField: "Clerk-API-Version")
    var number = 1
    while true {
      switch try await attempt(request) {
      case .answered(let body): return body
      case .failed(let reason, let pause):
        guard number < RetryPause.tries else {
          throw CommandFailure("no answer from \(base) after \(number) attempts: \(reason); try again later")
        }
        let pause = pause ?? RetryPause.backoff.pause(after: number) / .seconds(1)
        ProgressBar.say("\(base): \(reason); retrying in \(pause.formatted()) s")
        try await Task.sleep(for: .seconds(pause))
        number += 1
      }
    }
  }

  private func attempt(_ request: URLRequest) async throws -> Attempt {
    let body: Data
    let response: URLResponse
    do {
      (body, response) = try await session.data(for: request, delegate: RedirectRefusal())
    } catch {
      try Task.checkCancellation()
      return .failed(reason: error.localizedDescription, pause: nil)
    }
    guard let response = response as? HTTPURLResponse else {
      return .failed(reason: "no HTTP response", pause: nil)
    }
    switch response.statusCode {
    case 200: return .answered(body)
    case 404: return .answered(nil)
    case 429:
      let header = response.value(forHTTPHeaderField: "Retry-After")
      return .failed(reason: "too many requests (HTTP 429)", pause: RetryPause.asked(by: header))
    case 500...: return .failed(reason: "HTTP \(response.statusCode)", pause: nil)
    case let status: throw refusal(status)
    }
  }

  private func refusal(_ status: Int) -> CommandFailure {
    switch status {
    case 401, 403:
      CommandFailure(
        "\(base) rejected the key (HTTP \(status)): check CLERK_SECRET_KEY; \(SecretKey.advice)",
        status: .configuration)
    case 300..<400:
      CommandFailure(
        "\(base) redirected the request (HTTP \(status)): expected the API itself; check --api-url")
    default:
      CommandFailure(
        "\(base) rejected the request (HTTP \(status)): check --api-url; if this resumed an earlier run, try --restart"
      )
    }
  }
}

/// The pauses between the attempts at a request.
enum RetryPause {
  /// The maximum number of attempts. They take about 8 s, unless Clerk asks for longer pauses.
  static let tries = 6

  /// 0.25, 0.5, 1, 2 and 4 s.
  static let backoff = Backoff(first: .milliseconds(250), longest: .seconds(4))

  /// Returns the pause in seconds that a Retry-After header specifies, as a number or a date (RFC 9110, section 10.2.3).
  static func asked(by header: String?, now: Date = .now) -> Double? {
    guard let header = header?.trimmingCharacters(in: .whitespaces) else { return nil }
    if let seconds = UInt16(header) { return Double(seconds) }
    return Date(httpDate: header).map { max(0, $0.timeIntervalSince(now)) }
  }
}
