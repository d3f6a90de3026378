/// Where an event stands among the events of its user: by time, and within a millisecond by rank.
struct Version: Comparable {
  /// The kinds of event in the order in which they can happen to a user.
  enum Rank: Int64, Comparable {
    case created, updated, deleted

    static func < (one: Rank, other: Rank) -> Bool { one.rawValue < other.rawValue }
  }

  /// Milliseconds since 1970.
  let time: Int64
  let rank: Rank

  static func < (one: Version, other: Version) -> Bool {
    (one.time, one.rank) < (other.time, other.rank)
  }
}
