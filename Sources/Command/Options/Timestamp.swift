import ArgumentParser
import ClerkSync
import Foundation

/// A point in time, as printed and as given in an option; always in UTC.
struct Timestamp: CustomStringConvertible {
  /// The years 1 to 9999, which the format can represent.
  private static let shown: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999
  private static let date = Date.ISO8601FormatStyle(timeZone: .gmt).year().month().day()
  private static let dateAndTime = date.dateTimeSeparator(.space).time(includingFractionalSeconds: false)

  /// Milliseconds since 1970.
  let milliseconds: Int64

  static var now: Timestamp { Timestamp(milliseconds: WallClock.system.now()) }

  init(milliseconds: Int64) {
    self.milliseconds = milliseconds
  }

  /// Parses the value of an option: an age, counted back from now, or a date with or without a time.
  init(_ text: String) throws(ValidationError) {
    if let age = Age(parsing: text) {
      self.init(milliseconds: Timestamp.now.milliseconds - age.milliseconds)
    } else if let date = [Self.date, Self.dateAndTime].lazy.compactMap({ try? Date(text, strategy: $0) })
      .first(
        where: { Timestamp($0).description.hasPrefix(text) })
    {
      self.init(date)
    } else {
      throw ValidationError("expected an age such as 2h or 90d, or a date such as 2026-11-20, in UTC")
    }
  }

  private init(_ date: Date) {
    milliseconds = Int64(date.timeIntervalSince1970 * 1000)
  }

  /// `2026-11-23 18:44:03`
  var description: String {
    guard Self.shown.contains(milliseconds) else { return "\(milliseconds) ms" }
    return Date(timeIntervalSince1970: Double(milliseconds / 1000)).formatted(Self.dateAndTime)
  }

  /// The time elapsed since then, in the largest unit that is precise enough. Never negative: clocks may differ.
  var age: String {
    let seconds = max(0, (Timestamp.now.milliseconds - milliseconds) / 1000)
    return switch seconds {
    case ..<120: "\(seconds) s ago"
    case ..<7200: "\(seconds / 60) min ago"
    case ..<172_800: "\(seconds / 3600) h ago"
    default: "\(seconds / 86_400) days ago"
    }
  }
}
