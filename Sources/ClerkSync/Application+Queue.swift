import Gateway
public import Redis
import Svix

extension Application {
  /// Throws unless the queue answers.
  public func check(queue address: RedisAddress) throws(RedisError) {
    try queues.queue(address).check()
  }

  /// A delivery's way in place of the database: into the queue, and answered once that has it.
  func enqueue(_ message: VerifiedMessage, _ event: Event, in address: RedisAddress) throws(Failure) -> Reply
  {
    do {
      try queues.queue(address).add(message, event)
    } catch {
      throw .queue(error)
    }
    var object = JSONObject()
    object.append("outcome", "queued")
    object.append("id", message.id)
    return Reply(outcome: "queued", response: .json(.ok, object))
  }

  func reportHealth(of address: RedisAddress) throws(Failure) -> Reply {
    do {
      try check(queue: address)
    } catch {
      throw .queueUnhealthy(error)
    }
    var object = JSONObject()
    object.append("status", "ok")
    return Reply(outcome: "healthy", response: .json(.ok, object))
  }
}
