/// Iterates over rows that are read page by page, so that a long list needs little memory.
enum Pages {
  private static let size = 500

  /// Calls `body` with each page. `read` receives the last row of the previous page and the number of rows to read.
  static func walk<Row>(
    limit: Int = .max, read: (_ last: Row?, _ count: Int) throws -> [Row], body: ([Row]) throws -> Void
  ) rethrows {
    var left = limit
    var last: Row?
    while left > 0 {
      let count = min(left, size)
      let page = try read(last, count)
      try body(page)
      left -= page.count
      last = page.last
      if page.count < count { return }
    }
  }
}
