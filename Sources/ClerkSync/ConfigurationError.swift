public import Svix

/// A setting that cannot be used. Names the variable and the form expected, never the value.
public enum ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The variable's value does not have the expected form.
  case malformed(variable: String, expected: String)
  /// The variable holds a text that is no signing secret.
  case secret(variable: String, SecretError)
  /// The file the variable names cannot be read.
  case unreadableFile(variable: String)

  public var description: String {
    switch self {
    case .malformed(let variable, let expected):
      "\(variable) cannot be used: expected \(expected)"
    case .secret(let variable, .empty):
      "\(variable) holds an empty signing secret: expected whsec_ and base64, as the Clerk dashboard shows it"
    case .secret(let variable, .notBase64):
      "\(variable) does not decode: expected whsec_ and base64, as the Clerk dashboard shows it"
    case .unreadableFile(let variable):
      "\(variable) names a file that cannot be read as text: check its path and its permissions"
    }
  }
}
