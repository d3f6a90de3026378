import Foundation
import TestSupport
import Testing

@Suite(.programs) struct DeletionLimitTests {
  /// The number of rows, of extra rows and of --force-deletes, and whether the extra rows are deleted.
  static let cases: [(rows: Int, extra: Int, leave: Int?, isDeleted: Bool)] = [
    (100, 10, nil, true), (100, 11, nil, false), (100, 11, 10, false), (100, 11, 11, true),
    (5, 1, nil, false), (5, 1, 1, true), (600, 50, nil, true), (600, 51, nil, false), (600, 51, 60, true),
    (100, 11, 0, false), (5, 5, nil, false), (5, 5, 4, false), (5, 5, 5, true),
  ]

  @Test(arguments: cases.indices)
  func `Deletions over the limit require --force-deletes`(number: Int) throws {
    let (rows, extra, leave, isDeleted) = Self.cases[number]
    let site = try SyncingSite(.init(count: rows))
    #expect(try site.run("backfill").status == 0)
    // The extra users were deleted at Clerk. One of the others differs, if there are any.
    for number in rows - extra..<rows {
      site.clerk.settings.changes[ClerkServer.user(number).id] = .some(nil)
    }
    if extra < rows {
      try site.database.execute("UPDATE users SET firstName = 'Eve' WHERE id = 'user_0000000'")
    }
    let options = leave.map { ["--force-deletes", "\($0)"] } ?? []
    let command = try site.run("reconcile", "--apply", options: options)
    #expect(command.status == (isDeleted ? 0 : 2), "\(command.errors)")
    #expect(command.errors.isEmpty == isDeleted)
    #expect(isDeleted || command.errors.contains("to delete them all, add --force-deletes \(extra)"))
    #expect(try site.differences(rows, without: Set(isDeleted ? rows - extra..<rows : 0..<0)).isEmpty)
  }

  @Test(arguments: ["", "[]", #"{"data":[]}"#])
  func `An empty file deletes nothing`(text: String) throws {
    let site = try SyncingSite(.init(count: 20))
    #expect(try site.run("backfill").status == 0)
    let command = try site.run("reconcile", "--apply", "--file", "-", standardInput: text)
    #expect(command.status == 2)
    #expect(command.errors.contains("no users were deleted: 20 of 20 rows would be"))
    #expect(try site.differences(20).isEmpty)
  }
}
