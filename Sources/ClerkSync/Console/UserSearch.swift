/// Which users the console looks for.
struct UserSearch {
  /// What the text can be the beginning or a part of.
  enum Term: Equatable {
    /// The beginning of an id.
    case id(String)
    /// The beginning of an address.
    case address(String)
    /// A part of the name, or the beginning of an id or address, in lower case.
    case any(String)
  }

  let term: Term?
  let role: String?

  init(text: String?, role: String?) {
    self.role = role
    term = text.map { text in
      if text.hasPrefix("user_") { return .id(text) }
      return text.contains("@") ? .address(text) : .any(text.lowercased())
    }
  }

  /// Whether the user is one of them, as far as no index has seen to it.
  func includes(_ user: StoredUser) -> Bool {
    guard role == nil || role == user.role else { return false }
    guard case .any(let text) = term else { return true }
    return user.id.lowercased().hasPrefix(text) || user.email.lowercased().hasPrefix(text)
      || "\(user.firstName) \(user.lastName)".lowercased().contains(text)
  }
}
