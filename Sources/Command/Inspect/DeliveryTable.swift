import ClerkSync

/// Deliveries as a log shows them: a line each, and on a terminal below those that failed the cause.
enum DeliveryTable {
  /// Wide enough for Clerk's ids and the usual types, so that what is shown later lines up.
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
        "\(Timestamp(milliseconds: delivery.lastSeen))", delivery.outcome, delivery.type, delivery.userID,
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
    default: nil
    }
  }
}
