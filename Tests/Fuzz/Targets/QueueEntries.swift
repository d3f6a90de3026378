import ClerkSync
import Redis
import Svix

@testable import Queue

/// Nothing that a client of Redis writes becomes an event without a signature. A dead letter contains its entry whole.
func checkQueueEntry(_ input: [UInt8]) throws {
  let lines = input.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
  let fields = Array(lines.dropFirst())
  let reply = RedisReply.array([.bytes(lines[0]), .array(fields.map(RedisReply.bytes))])
  guard let entry = QueueEntry(reply) else { throw Violation(description: "no entry") }
  try checkID(entry.id)
  let verifier = Verifier(secrets: [try fuzzedSecret()])
  switch event(of: entry, verifier) {
  case .success: throw Violation(description: "an event without a signature")
  case .failure(let error): try requireLogLine("\(error)")
  }

  // Redis refuses a name without a value.
  guard fields.count.isMultiple(of: 2) else { return }
  let (id, body) = (entry.text("id") ?? "", entry.bytes("body") ?? [])
  let signature = try Signature(
    of: body, id: id, timestamp: entry.text("timestamp") ?? "", secret: fuzzedSecret())
  let signed = QueueEntry(
    id: entry.id, fields: fields + [Array("signature".utf8), Array("\(signature)".utf8)])
  switch event(of: signed, verifier) {
  case .success(let event): try require(event.messageID == id, "the event of another message")
  case .failure(.verification(.ambiguousID)): try require(id.contains("."), "an id is ambiguous: \(id)")
  case .failure(.verification(.malformedTimestamp)):
    let isNumber = entry.signed.map { $0 > 0 && entry.text("timestamp") == "\($0)" } ?? false
    try require(!isNumber, "a time is malformed: \(entry.text("timestamp") ?? "")")
  case .failure(.verification(let error)): throw Violation(description: "a signed entry fails: \(error)")
  case .failure(let error): try requireLogLine("\(error)")
  }

  let letter = DeadLetter(
    QueueEntry(id: "1-1", fields: fields + DeadLetter.fields(entry: entry.id, tries: 3, reason: "a reason")))
  try require(letter.original == fields, "a dead letter with other fields")
  try require(letter.isWhole == !fields.isEmpty, "a dead letter without its entry")
  try require(letter.tries == 3 && letter.reason == "a reason" && letter.body == body, "another dead letter")
  try require(letter.queued == entry.time && letter.messageID == entry.text("id"), "another entry")
}

private func event(of entry: QueueEntry, _ verifier: Verifier) -> Result<Event, DeliveryError> {
  Result { () throws(DeliveryError) in try entry.event(verifier, .builtIn, instance: nil) }
}

private func checkID(_ id: String) throws(Violation) {
  guard let (milliseconds, count) = QueueEntry.numbers(of: id) else { return }
  let again = QueueEntry.numbers(of: "\(milliseconds)-\(count)")
  try require(again?.milliseconds == milliseconds && again?.count == count, "the numbers of \(id)")
  try require(milliseconds > Int64.max || QueueEntry.time(of: id) == milliseconds, "the time of \(id)")
}
