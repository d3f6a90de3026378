extension StringProtocol {
  /// The words of a name in snake case or camel case, in lower case: `clerk_user_id`, `clerkUserId` and `ClerkUserID` have
  /// the same three.
  package var nameWords: [String] {
    var words: [String] = []
    var previous: Character?
    for character in self {
      let isBoundary = character.isUppercase && previous?.isUppercase != true
      if !character.isLetter && !character.isNumber {
        previous = nil
        continue
      }
      if previous == nil || isBoundary { words.append("") }
      words[words.count - 1] += character.lowercased()
      previous = character
    }
    return words
  }

  /// The words of a name, joined: `clerkuserid`.
  package var compactName: String { nameWords.joined() }
}
