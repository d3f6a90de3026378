import Gateway

extension Application {
  /// Says to everyone whether deliveries can be taken, and to whoever has the admin token whether any come.
  func reportHealth(_ parameters: Parameters, _ configuration: Configuration) throws(Failure) -> Reply {
    let credentials = configuration.adminToken.map { Credentials(parameters, token: $0) } ?? .none
    if credentials == .wrong { throw .unauthorized(isTokenWrong: true) }
    // The database is the worker's, and not here.
    if let queue = configuration.queue { return try reportHealth(of: queue) }
    let store = store(configuration)
    do {
      try store.check()
      if credentials == .right {
        let report = try store.health(
          silenceHours: configuration.silenceHours, now: clock.now(), process: statistics.figures)
        return reply(report)
      }
    } catch {
      throw .unhealthy(error)
    }
    var object = JSONObject()
    object.append("status", "ok")
    return Reply(outcome: "healthy", response: .json(.ok, object))
  }

  /// A monitor looks at the status code, and silence is what it is there for.
  private func reply(_ report: HealthReport) -> Reply {
    switch report.status {
    case .ok: Reply(outcome: "healthy", response: .json(.ok, report))
    case .silent: Reply(outcome: "silent", response: .json(.serviceUnavailable, report))
    }
  }
}
