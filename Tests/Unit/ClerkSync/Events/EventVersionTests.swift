import ClerkSync
import Testing

@Suite struct EventVersionTests {
  /// The message's timestamp, 1600000000 seconds, in milliseconds.
  private static let signed: Int64 = 1_600_000_000_000

  @Test func `The version is the user's updated_at`() throws {
    let event = UserEvent(data: ["updated_at": "1654012591835"], envelope: ["timestamp": "1700000000000"])
    #expect(try event.decode().version == 1_654_012_591_835)
  }

  @Test(arguments: [
    nil, "null", #""1654012591835""#, "1654012591835.5", "true", "{}", "99999999999999999999",
  ])
  func `Without a usable updated_at the version is the event's timestamp`(updatedAt: String?) throws {
    let event = UserEvent(data: ["updated_at": updatedAt], envelope: ["timestamp": "1700000000123"])
    #expect(try event.decode().version == 1_700_000_000_123)
  }

  @Test(arguments: [nil, "null", #""1700000000123""#, "1700000000.5", "[]", "99999999999999999999"])
  func `Without both, the version is the message's timestamp`(timestamp: String?) throws {
    let event = UserEvent(data: ["updated_at": nil], envelope: ["timestamp": timestamp])
    #expect(try event.decode().version == Self.signed)
  }

  @Test(
    arguments: [
      ("1700000000", 1_700_000_000_000), ("1700000000123", 1_700_000_000_123),
      ("99999999999", 99_999_999_999_000),
      ("100000000000", 100_000_000_000), ("0", 0), ("1", 1000), ("-1", -1),
      ("9223372036854775807", Int64.max), ("-9223372036854775808", Int64.min),
    ] as [(String, Int64)])
  func `A time too small for milliseconds is read as seconds`(time: String, version: Int64) throws {
    let byEvent = UserEvent(data: ["updated_at": nil], envelope: ["timestamp": time])
    let byUser = UserEvent(data: ["updated_at": time])
    #expect(try byEvent.decode().version == version)
    #expect(try byUser.decode().version == version)
  }

  @Test func `The version of a deletion is the event's timestamp`() throws {
    let event = try Event.decode(#"{"type":"user.deleted","data":{"id":"u"},"timestamp":1661861640000}"#)
    #expect(event.version == 1_661_861_640_000)
  }

  @Test func `Every other event also has a version`() throws {
    #expect(
      try Event.decode(#"{"type":"session.created","timestamp":1661861640000}"#).version == 1_661_861_640_000)
    #expect(try Event.decode(#"{"type":"session.created"}"#).version == Self.signed)
  }
}
