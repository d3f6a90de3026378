import SQLite
import TestSupport
import Testing

@testable import ClerkSync

@Suite struct TimeFormatTests {
  @Test(arguments: [0, 1_654_012_591_835, 1_709_164_800_000, -1, -86_400_001, 253_402_300_799_999])
  func `Each text is the one that SQLite makes of the time`(time: Int64) throws {
    let connection = try Connection.open(":memory:")
    let texts = try connection.first(
      """
      SELECT strftime('%Y-%m-%dT%H:%M:%fZ', 2440587.5 + ?1 / 86400000.0),
        datetime(2440587.5 + floor(?1 / 1000.0) / 86400)
      """, time
    ) { row in [row.text(at: 0), row.text(at: 1)] }
    #expect([TimeFormat.iso, .datetime].map { $0.value(time) } == texts?.map { .text($0 ?? "") })
  }

  @Test(arguments: TimeFormat.allCases)
  func `A stored time is read in milliseconds`(format: TimeFormat) throws {
    let database = try MappedDatabase(
      "CREATE TABLE users (id TEXT PRIMARY KEY, made)",
      """
      { user: { table: 'users', key: { id: 'id' },
        insert: { made: { from: 'created_at', as: '\(format.rawValue)' } } } }
      """)
    try database.apply("user.created", ["created_at": "1654012591835"], at: 1)
    let isExact = format == .milliseconds || format == .iso
    #expect(
      try database.store.users(UserFilter(), limit: 1).map(\.createdAt)
        == [isExact ? 1_654_012_591_835 : 1_654_012_591_000])
  }
}
