import Foundation

/// The secret key of Clerk's Backend API. It is sent in a request header and appears nowhere else.
struct SecretKey: Sendable {
  /// The value of the Authorization header.
  let authorization: String

  static let advice = "the Clerk dashboard shows it under API keys, as sk_live_… or sk_test_…"

  /// Reads the key from CLERK_SECRET_KEY, or from the file named by CLERK_SECRET_KEY_FILE.
  init(_ variables: [String: String]) throws {
    let key: String
    let variable: String
    if let value = variables["CLERK_SECRET_KEY"], !value.isEmpty {
      (key, variable) = (value, "CLERK_SECRET_KEY")
    } else if let path = variables["CLERK_SECRET_KEY_FILE"], !path.isEmpty {
      variable = "CLERK_SECRET_KEY_FILE"
      guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
        throw CommandFailure(
          "\(variable) names a file that cannot be read as text: check its path and its permissions",
          status: .configuration)
      }
      key = text
    } else {
      throw CommandFailure(
        "CLERK_SECRET_KEY is not set: expected a secret key of Clerk's Backend API; \(Self.advice)",
        status: .configuration)
    }
    let trimmed = key.trimmingCharacters(in: .whitespacesAndNewlines)
    guard trimmed.hasPrefix("sk_"), trimmed.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
      throw CommandFailure(
        "\(variable) is not a secret key of Clerk's Backend API; \(Self.advice)", status: .configuration)
    }
    authorization = "Bearer \(trimmed)"
  }
}
