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
    let message = try verify(request, secrets: configuration.secrets)
    record.isVerified = true
    if let queue = configuration.queue {
      let event: Event
      do throws(DeliveryError) {
        event = try decode(message, roles: configuration.roles, record: &record)
      } catch {
        throw .delivery(error)
      }
      return try enqueue(message, event, in: queue)
    }
    let store = store(configuration)
    let event: Event
    do throws(DeliveryError) {
      event = try decode(message, roles: configuration.roles, record: &record)
    } catch {
      let delivery = Delivery(id: message.id, type: record.type, userID: record.userID)
      store.recordFailure(of: delivery, reason: "\(error)")
      throw .delivery(error)
    }
    do {
      return accepted(message, try store.apply(event).rawValue)
    } catch {
      throw .delivery(.store(error))
    }
  }

  private func verify(
    _ request: Request, secrets: [Secret]
  ) throws(RequestFailure) -> VerifiedMessage {
    guard !secrets.isEmpty else { throw .missingSecret }
    do {
      let headers = try MessageHeaders(request.parameters.values(ofHeader:))
      return try Verifier(secrets: secrets).verify(headers, body: request.body, now: clock.now() / 1000)
    } catch {
      if case .noMatch = error, request.isCompressed { throw .compressedBody }
      throw .delivery(.verification(error))
    }
  }

  private func decode(
    _ message: VerifiedMessage, roles: Roles, record: inout RequestLog
  ) throws(DeliveryError) -> Event {
    do {
      let event = try Event(decoding: message, roles: roles)
      record.type = event.type
      record.userID = event.userID
      record.reason = event.warning(roles)
      return event
    } catch {
      (record.type, record.userID) = (error.type, error.userID)
      throw .event(error)
    }
  }

  /// Throws unless the queue accepts deliveries.
  public func check(queue address: RedisAddress) throws(RedisError) {
    try queues.queue(address).check()
  }

  /// Puts the delivery into the queue in place of the database, and responds once the queue has accepted it.
  private func enqueue(
    _ message: VerifiedMessage, _ event: Event, in address: RedisAddress
  ) throws(RequestFailure) -> Reply {
    do {
      try queues.queue(address).add(message, event)
    } catch {
      throw .queue(error)
    }
    return accepted(message, "queued")
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
