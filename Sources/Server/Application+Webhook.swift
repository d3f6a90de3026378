import ClerkSync
import Gateway
import Queue
public import Redis
import Settings
import Svix

extension Application {
  /// Processes one delivery: verify, decode, apply, respond. An unverified delivery goes no further.
  func receive(
    _ request: Request, _ configuration: Configuration, record: inout RequestLog
  ) throws(RequestFailure) -> Reply {
    let message = try verify(request, configuration)
    record.isVerified = true
    let event: Event
    do throws(EventError) {
      event = try decode(message, configuration, record: &record)
    } catch {
      try refuse(message, error, configuration)
      throw .delivery(.event(error))
    }
    if let queue = configuration.queue {
      try enqueue(message, type: event.type, objectID: event.objectID, in: queue)
      return accepted(message, "queued")
    }
    do {
      let receipt = try store(configuration).deliver(event)
      if let warning = receipt.warning {
        record.reason = [record.reason, warning].compactMap(\.self).joined(separator: "; ")
      }
      return accepted(message, receipt.outcome.rawValue)
    } catch {
      throw .delivery(.store(error))
    }
  }

  /// Records a delivery that is not an applicable event. When that fails, Svix has to retry the delivery.
  ///
  /// With a queue the worker records it, if it is about a user.
  private func refuse(
    _ message: VerifiedMessage, _ error: EventError, _ configuration: Configuration
  ) throws(RequestFailure) {
    if let queue = configuration.queue {
      guard let type = error.type, let userID = error.userID else { return }
      return try enqueue(message, type: type, objectID: userID, in: queue)
    }
    do {
      let delivery = Delivery(id: message.id, type: error.type, objectID: error.userID)
      let reason = "\(DeliveryError.event(error))"
      try store(configuration).recordRefusal(of: delivery, reason: reason, time: error.version)
    } catch {
      throw .delivery(.store(error))
    }
  }

  private func verify(
    _ request: Request, _ configuration: Configuration
  ) throws(RequestFailure) -> VerifiedMessage {
    guard !configuration.secrets.isEmpty else { throw .missingSecret }
    do {
      let headers = try MessageHeaders(request.parameters.values(ofHeader:))
      return try Verifier(secrets: configuration.secrets, tolerance: configuration.tolerance)
        .verify(headers, body: request.body, now: clock.now() / 1000)
    } catch {
      if case .noMatch = error, request.isCompressed { throw .compressedBody }
      throw .delivery(.verification(error))
    }
  }

  private func decode(
    _ message: VerifiedMessage, _ configuration: Configuration, record: inout RequestLog
  ) throws(EventError) -> Event {
    do {
      let event = try Event(
        decoding: message, mapping: configuration.mapping, instance: configuration.instance)
      record.type = event.type
      record.objectID = event.objectID
      if !event.warnings.isEmpty { record.reason = event.warnings.joined(separator: "; ") }
      return event
    } catch {
      (record.type, record.objectID) = (error.type, error.userID)
      throw error
    }
  }

  /// Throws unless the queue accepts deliveries.
  public func check(queue address: RedisAddress) throws(RedisError) {
    try queues.queue(address).check()
  }

  /// Puts the delivery into the queue in place of the database, and returns once the queue has accepted it.
  private func enqueue(
    _ message: VerifiedMessage, type: String, objectID: String?, in address: RedisAddress
  ) throws(RequestFailure) {
    do {
      try queues.queue(address).add(message, type: type, objectID: objectID)
    } catch {
      throw .queue(error)
    }
  }

  private func accepted(_ message: VerifiedMessage, _ outcome: String) -> Reply {
    var object = JSONObject()
    object.append("outcome", outcome)
    object.append("id", message.id)
    return Reply(outcome: outcome, response: .json(.ok, object))
  }

  /// Returns the state of the queue, or nil without a queue or while Redis is unavailable, which the health
  /// check reports.
  func queueStatistics(_ configuration: Configuration) -> QueueStatistics? {
    configuration.queue.flatMap { try? queues.queue($0).statistics() }
  }
}

extension Request {
  /// Whether the body is compressed, judged by its header or by the magic bytes of gzip (RFC 1952, section
  /// 2.3.1).
  fileprivate var isCompressed: Bool {
    let encodings = parameters.values(ofHeader: "content-encoding").map { $0.lowercased() }
    return body.starts(with: [0x1f, 0x8b]) || encodings.contains { !["", "identity"].contains($0) }
  }
}
