import Gateway

extension Application {
  /// Says to everyone whether deliveries can be taken, and to whoever has the admin token whether any come.
  func reportHealth(_ parameters: Parameters, _ configuration: Configuration) throws(RequestFailure) -> Reply
  {
    let credentials = configuration.adminToken.map { Credentials(parameters, token: $0) } ?? .absent
    if credentials == .wrong { throw .unauthorized(isTokenWrong: true) }
    try check(configuration)
    if credentials == .right { return reply(try report(configuration)) }
    var object = JSONObject()
    object.append("status", "ok")
    return Reply(outcome: "healthy", response: .json(.ok, object))
  }

  /// Throws unless deliveries can be taken. With a queue that takes Redis alone: the database is the worker's.
  private func check(_ configuration: Configuration) throws(RequestFailure) {
    if let queue = configuration.queue {
      do {
        try check(queue: queue)
      } catch {
        throw .queueUnhealthy(error)
      }
    } else {
      do {
        try store(configuration).check()
      } catch {
        throw .unhealthy(error)
      }
    }
  }

  private func report(_ configuration: Configuration) throws(RequestFailure) -> HealthReport {
    let queue = queueStatistics(configuration)
    do {
      return try store(configuration).health(
        silenceHours: configuration.silenceHours, now: clock.now(), process: statistics.figures, queue: queue)
    } catch {
      guard configuration.queue != nil, case .missing = error else { throw .unhealthy(error) }
      return HealthReport(
        ofQueue: queue, silenceHours: configuration.silenceHours, process: statistics, now: clock.now())
    }
  }

  /// A monitor looks at the status code, and silence is what it is there for.
  private func reply(_ report: HealthReport) -> Reply {
    switch report.status {
    case .ok: Reply(outcome: "healthy", response: .json(.ok, report))
    case .silent: Reply(outcome: "silent", response: .json(.serviceUnavailable, report))
    }
  }
}
