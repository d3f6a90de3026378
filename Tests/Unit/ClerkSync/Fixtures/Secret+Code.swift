@testable import Svix

extension Secret {
  /// The authentication code of nothing, which tells one key from another.
  var code: [UInt8]? { hmac?.authenticate([]) }

  /// The code of a secret with this key.
  static func code(of key: String) -> [UInt8]? {
    HMACSHA256(key: Array(key.utf8))?.authenticate([])
  }
}
