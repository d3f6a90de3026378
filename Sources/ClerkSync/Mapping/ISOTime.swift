import Glibc

/// A time in UTC as RFC 3339 writes it, with milliseconds.
///
/// Uses gmtime_r(3). Foundation's formatter loads a calendar, a cost that a CGI process would pay on every request.
package struct ISOTime {
  package let text: String

  /// The years are those of four digits; a time outside them becomes the nearest one.
  package init(milliseconds: Int64) {
    let (first, last): (Int64, Int64) = (-62_167_219_200_000, 253_402_300_799_999)
    let time = min(max(milliseconds, first), last)
    // Rounds down, also before 1970.
    var seconds = Int((time - (time % 1000 + 1000) % 1000) / 1000)
    var parts = unsafe tm()
    unsafe gmtime_r(&seconds, &parts)
    let numbers = unsafe [
      (Int(parts.tm_year) + 1900, endingAt: 4), (Int(parts.tm_mon) + 1, 7), (Int(parts.tm_mday), 10),
      (Int(parts.tm_hour), 13), (Int(parts.tm_min), 16), (Int(parts.tm_sec), 19),
      (Int(time - Int64(seconds) * 1000), 23),
    ]
    var digits = Array("0000-00-00T00:00:00.000Z".utf8)
    for (number, end) in numbers {
      var (rest, index) = (number, end)
      while rest > 0 {
        index -= 1
        digits[index] += UInt8(rest % 10)
        rest /= 10
      }
    }
    text = String(decoding: digits, as: UTF8.self)
  }
}
