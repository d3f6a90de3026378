/// The paths of the webhook beside `/api/webhooks`, from CLERK_SYNC_PATH.
enum WebhookPaths {
  private static let variable = "CLERK_SYNC_PATH"
  /// The names below `/api/` that the API answers; an id may follow some.
  private static let api = ["health", "users", "organizations", "deliveries", "stats", "metrics"]
  private static let punctuation = Set("-._~")

  /// Parses paths separated by spaces, commas or line breaks. Each loses its trailing slash, which a request may have.
  static func parse(_ text: String) throws(ConfigurationError) -> [String] {
    var paths: [String] = []
    for word in text.split(whereSeparator: { $0.isWhitespace || $0 == "," }) {
      paths.append(try path(word.last == "/" ? word.dropLast() : word))
    }
    guard !paths.isEmpty else { throw refusal("a path such as /api/webhooks/clerk") }
    return paths
  }

  private static func path(_ text: Substring) throws(ConfigurationError) -> String {
    guard !text.contains(where: { $0 == "?" || $0 == "#" }) else {
      throw refusal("paths without a query or a fragment, such as /api/webhooks/clerk")
    }
    guard text.first == "/" else {
      throw refusal("paths that begin with a slash and name more than the root, such as /api/webhooks/clerk")
    }
    let segments = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    guard segments.allSatisfy({ !["", ".", ".."].contains($0) && $0.allSatisfy(isPermitted) }) else {
      throw refusal(
        "paths of letters, digits and -._~ between single slashes, as they are before percent-encoding, such as "
          + "/api/webhooks/clerk")
    }
    // The API has precedence, so the webhook would never get these.
    for end in [segments.suffix(2), segments.suffix(3).dropLast()] where end.first == "api" {
      if let name = api.first(where: { end.last == $0[...] }), end.count == 2 {
        throw refusal("paths that are none of the API's, as those at /api/\(name) are")
      }
    }
    return String(text)
  }

  private static func isPermitted(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber || punctuation.contains(character))
  }

  private static func refusal(_ expected: String) -> ConfigurationError {
    .malformed(variable: variable, expected: expected)
  }
}
