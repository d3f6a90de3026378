import Foundation

/// How long to wait before a request is sent once more.
enum RetryPause {
  /// Sent so often in all, a request that finds no answer is given up: after some 8 s, unless Clerk asked for longer.
  static let tries = 6

  /// Seconds before the try after this one, the first being 1: a quarter, a half, 1, 2, 4.
  static func growing(after attempt: Int) -> Double {
    0.25 * pow(2, Double(attempt - 1))
  }

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
