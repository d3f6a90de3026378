import ClerkSync

/// A table with a line for each delivery. On a terminal, the cause of a failure follows on a line of its own.
enum DeliveryTable {
  /// The minimum widths suit Clerk's ids and common types, so that lines printed later are aligned.
  private static let columns: [Table.Column] = [
    .init(name: "time"), .init(name: "outcome", colour: colour(of:)),
    .init(name: "type", isFlexible: true, minimumWidth: 12),
    .init(name: "user", isFlexible: true, minimumWidth: 32),
    .init(name: "message", isFlexible: true, minimumWidth: 31), .init(name: "cause", isDetail: true),
  ]

  static func text(_ deliveries: [DeliveryRecord], hasHead: Bool) -> String {
    var table = Table(columns)
    for delivery in deliveries {
      table.append([
        "\(Timestamp(milliseconds: delivery.lastSeen))", delivery.outcome, delivery.type, delivery.objectID,
        delivery.id, delivery.error.map { "attempt \(delivery.attempts): \($0)" },
      ])
    }
    return table.text(hasHead: hasHead)
  }

  @Sendable static func colour(of outcome: String) -> Colour? {
    switch outcome {
    case "applied": .green
    case "stale": .yellow
    case "ignored": .grey
    case "failed": .red
    case "refused": .yellow
    default: nil
    }
  }
}
