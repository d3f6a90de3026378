import ClerkSync
import Gateway
import Queue
import Settings
import Synchronization

/// The console's read-only API.
extension Application {
  /// Answers a GET that carries the admin token. Without a configured token the API does not exist.
  func read(
    _ route: ReadRoute, _ parameters: Parameters, _ configuration: Configuration
  ) throws(RequestFailure) -> Reply {
    guard let token = configuration.adminToken else { throw .notFound }
    guard parameters["REQUEST_METHOD"] == "GET" else { throw .methodNotAllowed(allowed: "GET") }
    switch Credentials(parameters, token: token) {
    case .right: break
    case .wrong: throw .unauthorized(isTokenWrong: true)
    case .absent: throw .unauthorized(isTokenWrong: false)
    }
    defer { readers.subtract(1, ordering: .relaxed) }
    guard readers.add(1, ordering: .relaxed).newValue <= maxReaders else { throw .busy }
    let store = store(configuration)
    let response =
      switch route {
      case .users: try users(parameters, in: store)
      case .user(let id): try user(id, parameters, in: store)
      case .organizations: try organizations(parameters, in: store)
      case .organization(let id): try organization(id, parameters, in: store)
      case .deliveries: try deliveries(parameters, in: store)
      case .stats: try stats(parameters, in: store, queue: queueStatistics(configuration))
      case .metrics: try metrics(parameters, in: store, configuration)
      }
    return Reply(outcome: "read", response: response, isRoutine: true)
  }

  private func users(_ parameters: Parameters, in store: UserStore) throws(RequestFailure) -> Response {
    let query = try Query(parameters, names: ["search", "role", "after", "limit"])
    let search = UserSearch(text: try query.text("search"), role: try query.text("role"))
    let (after, limit) = (try query.text("after"), try query.limit())
    let page = try stored { () throws(StoreError) in
      try store.searchUsers(search, after: after, limit: limit)
    }
    return .json(.ok, UserPage(page))
  }

  private func user(
    _ id: String, _ parameters: Parameters, in store: UserStore
  ) throws(RequestFailure) -> Response {
    let (after, before, limit) = try places(parameters)
    let history = try stored { () throws(StoreError) in
      try store.history(ofUser: id, after: after, before: before, limit: limit)
    }
    guard let history else { throw .unknownUser }
    return .json(.ok, UserReport(history))
  }

  private func organizations(
    _ parameters: Parameters, in store: UserStore
  ) throws(RequestFailure) -> Response {
    let query = try Query(parameters, names: ["search", "after", "limit"])
    let search = OrganizationSearch(text: try query.text("search"))
    let (after, limit) = (try query.text("after"), try query.limit())
    let page = try stored { () throws(StoreError) in
      try store.searchOrganizations(search, after: after, limit: limit)
    }
    return .json(.ok, OrganizationPage(page))
  }

  private func organization(
    _ id: String, _ parameters: Parameters, in store: UserStore
  ) throws(RequestFailure) -> Response {
    let (after, before, limit) = try places(parameters)
    let history = try stored { () throws(StoreError) in
      try store.history(ofOrganization: id, after: after, before: before, limit: limit)
    }
    guard let history else { throw .unknownOrganization }
    return .json(.ok, OrganizationReport(history))
  }

  /// Returns where an object's pages of memberships and deliveries begin, and their size.
  private func places(
    _ parameters: Parameters
  ) throws(RequestFailure) -> (after: Int64?, before: Int64?, limit: Int) {
    let query = try Query(parameters, names: ["after", "before", "limit"])
    return (try query.position("after"), try query.position("before"), try query.limit())
  }

  private func deliveries(_ parameters: Parameters, in store: UserStore) throws(RequestFailure) -> Response {
    let query = try Query(
      parameters, names: ["outcome", "type", "user", "since", "until", "before", "limit"])
    let outcomes =
      [Outcome.applied, .stale, .ignored].map(\.rawValue) + [DeliveryLedger.failed, DeliveryLedger.refused]
    let filter = DeliveryFilter(
      outcome: try query.choice("outcome", of: outcomes), type: try query.text("type"),
      objectID: try query.text("user"))
    let (since, until) = (try query.time("since"), try query.time("until"))
    let (before, limit) = (try query.position("before"), try query.limit())
    let page = try stored { () throws(StoreError) in
      try store.deliveryPage(filter, since: since, until: until, before: before, limit: limit)
    }
    return .json(.ok, DeliveryPage(page))
  }

  private func stats(
    _ parameters: Parameters, in store: UserStore, queue: QueueStatistics?
  ) throws(RequestFailure) -> Response {
    let hours = try Query(parameters, names: ["hours"]).number("hours", in: 1...2160) ?? 24
    let now = clock.now()
    let activity = try stored { () throws(StoreError) in try store.activity(hours: hours, now: now) }
    return .json(.ok, ActivityReport(activity, process: statistics.figures, queue: queue, now: now))
  }

  private func metrics(
    _ parameters: Parameters, in store: UserStore, _ configuration: Configuration
  ) throws(RequestFailure) -> Response {
    _ = try Query(parameters, names: [])
    let figures = statistics.figures
    var text = MetricsText()
    do {
      let totals = try store.totals()
      text.append(totals, figures, sizes: store.fileSizes())
      if let consumers = ConsumerReport.all(totals.condition.consumers, now: clock.now()) {
        text.append(consumers)
      }
      text.append(totals.condition.reconciliations)
    } catch {
      // The database is on the worker's machine, which may be another one.
      guard configuration.queue != nil, case .missing = error else { throw .unhealthy(error) }
      if let last = figures.lastDelivery { text.append(lastDelivery: last) }
    }
    text.appendBuild()
    if let queue = queueStatistics(configuration) { text.append(queue) }
    if isLongLived { text.append(figures, start: statistics.start) }
    return Response(
      status: .ok, headers: [("Content-Type", "text/plain; version=0.0.4; charset=utf-8")],
      body: Array(text.text.utf8)
    ).guarded()
  }

  /// Converts a failed read into an unhealthy status. Nothing was written, so there is nothing to retry.
  private func stored<Value>(_ body: () throws(StoreError) -> Value) throws(RequestFailure) -> Value {
    do {
      return try body()
    } catch {
      throw .unhealthy(error)
    }
  }
}

extension Query {
  /// The last millisecond of the year 9999.
  private static let latest: Int64 = 253_402_300_799_999

  fileprivate func limit() throws(RequestFailure) -> Int { Int(try number("limit", in: 1...200) ?? 50) }

  fileprivate func position(_ name: String) throws(RequestFailure) -> Int64? {
    try number(name, in: 1...Int64.max)
  }

  fileprivate func time(_ name: String) throws(RequestFailure) -> Int64? {
    try number(name, in: 0...Self.latest)
  }
}
