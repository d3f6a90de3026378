import ArgumentParser
import ClerkSync
import Foundation

/// Prints changes, and then new ones if asked to.
struct ChangeListing {
  /// The number of changes of one read.
  private static let page = 500
  private static let newest = 50
  /// The minimum widths suit Clerk's ids, so that lines printed later are aligned.
  private static let columns: [Table.Column] = [
    .init(name: "number", isNumber: true, minimumWidth: 8), .init(name: "time"),
    .init(name: "change", minimumWidth: 7), .init(name: "kind", minimumWidth: 12),
    .init(name: "id", isFlexible: true, minimumWidth: 32), .init(name: "source", minimumWidth: 9),
    .init(name: "message", isFlexible: true),
  ]

  private let store: UserStore
  private let filter: ChangeFilter
  private let options: ChangesRead.List
  /// The number up to which all changes have been read.
  private var position: Int64
  private var isEmpty = true

  init(store: UserStore, filter: ChangeFilter, _ options: ChangesRead.List) {
    (self.store, self.filter, self.options) = (store, filter, options)
    position = options.after ?? 0
  }

  /// Throws a ``CommandFailure`` if there is nothing to list.
  mutating func run() async throws {
    if options.after != nil {
      try list(atMost: options.limit?.rows ?? .max)
    } else {
      try listNewest(options.limit?.rows ?? Self.newest)
    }
    guard options.follow else {
      if isEmpty { throw CommandFailure("no change found", status: .attention) }
      return
    }
    let start = self
    do {
      try await Interruption.cancelling {
        var listing = start
        while Terminal.flush() {
          try await Task.sleep(for: .milliseconds(500))
          try listing.list(atMost: .max)
        }
      }
    } catch is CancellationError {
      // Ctrl-C ends the command successfully.
    }
  }

  /// Prints up to `limit` changes after the position.
  private mutating func list(atMost limit: Int) throws {
    var left = limit
    while left > 0 {
      guard let changes = try next(min(left, Self.page)) else { return }
      try show(changes)
      left -= changes.count
    }
  }

  /// Prints the last `limit` changes.
  private mutating func listNewest(_ limit: Int) throws {
    var last: [RowChange] = []
    while let changes = try next(Self.page) {
      last += changes
      if last.count > limit + Self.page { last.removeFirst(last.count - limit) }
    }
    try show(last.suffix(limit))
  }

  /// Returns up to `limit` of the changes after the position; nil if there are none, of any kind.
  private mutating func next(_ limit: Int) throws -> [RowChange]? {
    let (changes, examined) = try store.changes(after: position, filter, limit: limit)
    guard let examined else { return nil }
    position = examined
    return changes
  }

  private mutating func show(_ changes: some Collection<RowChange>) throws {
    guard !changes.isEmpty else { return }
    defer { isEmpty = false }
    guard !options.json else {
      for change in changes { try JSONLine.print(change) }
      return
    }
    var table = Table(Self.columns)
    for change in changes {
      table.append([
        "\(change.seq)", "\(Timestamp(milliseconds: change.at))", change.operation, change.entity.singular,
        change.id, change.source.rawValue, change.messageID,
      ])
    }
    print(table.text(hasHead: isEmpty), terminator: "")
  }
}
