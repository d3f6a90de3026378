import TestSupport

@testable import ClerkSync

extension Event {
  /// Creates the event that decoding the message's body would return.
  init(_ message: ClerkMessage) {
    let user = User(
      id: message.user.id, email: message.user.email, firstName: message.user.firstName,
      lastName: message.user.lastName, role: message.user.role)
    let change: Change =
      switch message.kind {
      case .created: .created(user)
      case .updated: .updated(user)
      case .deleted: .deleted(id: user.id)
      }
    self.init(
      messageID: message.id, type: "user.\(message.kind)", change: change, version: Int64(message.version))
  }
}
