import Foundation
import FoundationNetworking
import Queue

/// Sends requests to one server until they are answered.
struct APIClient: Sendable {
  /// What one try came to.
  private enum Attempt {
    case answered(Data?)
    /// To be tried again, after so many seconds where the server says how many.
    case failed(reason: String, pause: Double?)
  }

  private let base: String
  private let key: SecretKey
  private let session: URLSession

  /// `base` is a URL without a slash at its end.
  init(base: String, key: SecretKey) {
    self.base = base
    self.key = key
    let configuration = URLSessionConfiguration.ephemeral
    configuration.timeoutIntervalForRequest = 60
    configuration.urlCache = nil
    session = URLSession(configuration: configuration)
  }

  /// The body of the answer; nil when there is nothing at the path.
  ///
  /// Waits as long as a 429 asks for, and tries again when the connection breaks or the server is in trouble.
  func get(_ path: String) async throws -> Data? {
    guard let url = URL(string: base + path) else { throw CommandFailure("\(base) is no URL") }
    var request = URLRequest(url: url)
    request.setValue(key.authorization, forHTTPHeaderField: "Authorization")
    var number = 1
    while true {
      switch try await attempt(request) {
      case .answered(let body): return body
      case .failed(let reason, let pause):
        guard number < RetryPause.tries else {
          throw CommandFailure("no answer from \(base) after \(number) tries: \(reason); try again later")
        }
        let pause = pause ?? RetryPause.backoff.pause(after: number) / .seconds(1)
        ProgressBar.say("\(base): \(reason); trying again in \(pause.formatted()) s")
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
        "\(base) refuses the key (HTTP \(status)): check CLERK_SECRET_KEY; \(SecretKey.advice)",
        status: .configuration)
    case 300..<400:
      CommandFailure("\(base) redirects (HTTP \(status)): expected the API itself; check --api-url")
    default:
      CommandFailure(
        "\(base) refuses the request (HTTP \(status)): check --api-url; where an earlier run is gone on with, try --restart"
      )
    }
  }
}

/// How long to wait before a request is sent once more.
enum RetryPause {
  /// Sent so often in all, a request that finds no answer is given up: after some 8 s, unless Clerk asked for longer.
  static let tries = 6

  /// A quarter of a second, a half, 1, 2, 4.
  static let backoff = Backoff(first: .milliseconds(250), longest: .seconds(4))

  /// The seconds that a header Retry-After asks for, as a number or as a date (RFC 9110, section 10.2.3).
  static func asked(by header: String?, now: Date = .now) -> Double? {
    guard let header = header?.trimmingCharacters(in: .whitespaces) else { return nil }
    if let seconds = UInt16(header) { return Double(seconds) }
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.timeZone = TimeZone(secondsFromGMT: 0)
    format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
    return format.date(from: header).map { max(0, $0.timeIntervalSince(now)) }
  }
}
