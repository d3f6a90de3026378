import Gateway
public import Redis
import Svix

extension Application {
  /// Throws unless the queue answers.
  public func check(queue address: RedisAddress) throws(RedisError) {
    try queues.queue(address).check()
  }

  /// A delivery's way in place of the database: into the queue, and answered once that has it.
  func enqueue(_ message: VerifiedMessage, _ event: Event, in address: RedisAddress) throws(RequestFailure)
    -> Reply
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

  /// How the queue stands; nil where there is none, and while Redis does not answer, which the health tells.
  func queueStatistics(_ configuration: Configuration) -> QueueStatistics? {
    configuration.queue.flatMap { try? queues.queue($0).statistics() }
  }
}
