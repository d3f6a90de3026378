import Foundation

/// Whether the endpoint answers as the handler does, and by which clock.
struct EndpointChecks {
  private static let path = "/api/webhooks"

  let url: URL

  /// An unsigned delivery has to be refused, and by the handler; its answer tells the time, too.
  func findings() async -> [Finding] {
    do {
      let refusal = try await HTTPExchange(
        "POST", url, headers: [("content-type", "application/json")], body: Array("{}".utf8))
      return await [finding(about: refusal), health(), clock(refusal)].compactMap(\.self)
    } catch {
      return [
        .error("endpoint", "\(error)", remedy: "mend this first: nothing else about it can be looked at")
      ]
    }
  }

  /// The health path beside the webhook's.
  private func health() async -> Finding {
    guard url.path.hasSuffix(Self.path),
      let health = URL(string: url.absoluteString.replacing(Self.path, with: "/api/health"))
    else {
      return .warning(
        "health", "\(url.shown) does not end in \(Self.path): health was not asked for",
        remedy: "expected the URL of the webhook, such as \(URL.development)")
    }
    do {
      let answer = try await HTTPExchange("GET", health)
      guard answer.status == 200, answer["status"] == "ok" else {
        return .error("health", "\(health.shown) answers \(answer.status)", remedy: answer.advice)
      }
      return .ok("health", "\(health.shown) answers ok")
    } catch {
      return .error("health", "\(error)", remedy: "let the web server pass this path on, too")
    }
  }

  private func finding(about answer: HTTPExchange) -> Finding {
    switch (answer.status, answer["error"]) {
    case (400, "missing_headers"?):
      .ok("endpoint", "\(url.shown) refuses what is not signed")
    case (200...299, _):
      .error(
        "endpoint", "\(url.shown) answers \(answer.status) to what is not signed",
        remedy: "something else answers there, or before the handler: let the web server pass this path on")
    default:
      .error("endpoint", "\(url.shown) answers \(answer.status)", remedy: answer.advice)
    }
  }

  private func clock(_ answer: HTTPExchange) -> Finding? {
    guard let date = answer.header("date").flatMap(Self.date) else { return nil }
    let skew = Int(Date.now.timeIntervalSince(date).rounded())
    guard skew.magnitude > 30 else { return .ok("clock", "within 30 s of the endpoint's") }
    let what = "\(skew.magnitude) s \(skew > 0 ? "ahead of" : "behind") the endpoint's"
    let remedy = "synchronize the clocks of both machines, by NTP"
    return skew.magnitude > 300
      ? .error("clock", "\(what): the endpoint refuses what is signed by this clock", remedy: remedy)
      : .warning("clock", what, remedy: remedy)
  }

  /// Reads an IMF-fixdate (RFC 9110, section 5.6.7).
  private static func date(_ text: String) -> Date? {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = .gmt
    formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    return formatter.date(from: text)
  }
}
