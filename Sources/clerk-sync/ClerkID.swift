/// Ids in the form of Clerk's and Svix's: a word for the kind, and 27 letters and digits.
enum ClerkID {
  static func random(_ kind: String) -> String {
    let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    return "\(kind)_\(String((0..<27).compactMap { _ in alphabet.randomElement() }))"
  }
}
