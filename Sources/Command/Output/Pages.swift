/// A walk through rows that are read page by page.
enum Pages {
  private static let size = 500

  /// Hands each page on; `read` is given the last row of the page before, and how many rows to read.
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
