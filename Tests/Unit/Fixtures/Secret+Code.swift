@testable import Svix

extension Secret {
  /// The authentication code of an empty message, which identifies the key.
  var code: [UInt8]? { hmac?.authenticate([]) }

  /// Returns the code of a secret with this key.
  static func code(of key: String) -> [UInt8]? {
    HMACSHA256(key: Array(key.utf8))?.authenticate([])
  }
}
