import Foundation
import Settings

/// Checks that the endpoint is the handler, and that its clock agrees with this machine's.
struct EndpointChecks {
  private static let standardPath = "/api/webhooks"

  private let url: URL
  /// The ends of the webhook's path, which a URL may have with a trailing slash.
  private let paths: [String]
  /// Seconds.
  private let tolerance: Int64

  init(url: URL, configuration: Configuration) {
    self.url = url
    paths = [Self.standardPath] + configuration.webhookPaths
    tolerance = configuration.tolerance
  }

  /// Sends an unsigned delivery, which the handler must reject. The Date header of the response tells its time.
  func findings() async -> [Finding] {
    do {
      let refusal = try await HTTPExchange(
        "POST", url, headers: [("content-type", "application/json")], body: Array("{}".utf8))
      return await [finding(about: refusal), health(), clock(refusal)].compactMap(\.self)
    } catch {
      return [
        .error(
          "endpoint", "\(error)", remedy: "fix this first; the other checks of the endpoint were skipped")
      ]
    }
  }

  /// Checks the health path beside the webhook's path.
  private func health() async -> Finding {
    guard let health = healthURL else {
      return .warning(
        "health", "\(url.shown) does not end in \(paths.joined(separator: " or ")): health was not checked",
        remedy: "give the URL of the webhook, such as \(URL.development)")
    }
    do {
      let answer = try await HTTPExchange("GET", health)
      guard answer.status == 200, answer["status"] == "ok" else {
        return .error("health", "\(health.shown) answers \(answer.status)", remedy: answer.advice)
      }
      return .ok("health", "\(health.shown) answers ok")
    } catch {
      return .error(
        "health", "\(error)", remedy: "configure the web server to pass this path to the handler as well")
    }
  }

  /// The health's URL; nil if the URL is not one of the webhook's.
  private var healthURL: URL? {
    guard var components = URLComponents(url: url, resolvingAgainstBaseURL: false) else { return nil }
    let path = components.path.last == "/" ? components.path.dropLast() : components.path[...]
    guard let end = paths.first(where: path.hasSuffix) else { return nil }
    components.path = "\(path.dropLast(end.count))/api/health"
    return components.url
  }

  private func finding(about answer: HTTPExchange) -> Finding {
    switch (answer.status, answer["error"]) {
    case (400, "missing_headers"?):
      .ok("endpoint", "\(url.shown) rejects an unsigned request")
    case (200...299, _):
      .error(
        "endpoint", "\(url.shown) answers \(answer.status) to an unsigned request",
        remedy: "another program answers there: configure the web server to pass this path to the handler")
    default:
      .error("endpoint", "\(url.shown) answers \(answer.status)", remedy: answer.advice)
    }
  }

  private func clock(_ answer: HTTPExchange) -> Finding? {
    guard let date = answer.header("date").flatMap(Date.init(httpDate:)) else { return nil }
    let skew = Int(Date.now.timeIntervalSince(date).rounded())
    guard skew.magnitude > 30 else { return .ok("clock", "within 30 s of the endpoint's") }
    let what = "\(skew.magnitude) s \(skew > 0 ? "ahead of" : "behind") the endpoint's"
    let remedy = "synchronize the clocks of both machines with NTP"
    return skew.magnitude > tolerance.magnitude
      ? .error("clock", "\(what): the endpoint rejects signatures made with this clock", remedy: remedy)
      : .warning("clock", what, remedy: remedy)
  }
}
