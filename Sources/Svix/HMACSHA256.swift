import CLibcrypto

/// HMAC-SHA256 with one key (RFC 2104), implemented by libcrypto's EVP_MAC (OpenSSL 3 manual, EVP_MAC(3)).
@safe final class HMACSHA256: Sendable {
  /// The length of an authentication code, in bytes.
  static let length = 32

  // EVP_MAC_fetch searches libcrypto's providers, so it runs once per process; the result is immutable. The
  // built-in provider is sufficient. Skipping the rest of the initialization saves a CGI process from reading
  // openssl.cnf and building the tables of algorithm names on every request.
  private nonisolated(unsafe) static let algorithm = {
    let leftOut =
      OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ADD_ALL_CIPHERS | OPENSSL_INIT_NO_ADD_ALL_DIGESTS
      | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS
    OPENSSL_init_crypto(UInt64(leftOut), nil)
    return unsafe EVP_MAC_fetch(nil, "HMAC", nil)
  }()

  // Holds the digest and the key. Each message works on a copy, so this context is never modified.
  private nonisolated(unsafe) let prepared: OpaquePointer

  /// Returns nil when libcrypto fails.
  init?(key: [UInt8]) {
    guard let context = unsafe EVP_MAC_CTX_new(Self.algorithm) else { return nil }
    unsafe prepared = context
    let parameters = unsafe [
      OSSL_PARAM_construct_utf8_string(Self.cString("digest"), Self.cString("SHA256"), 0),
      OSSL_PARAM_construct_end(),
    ]
    guard unsafe EVP_MAC_init(context, key, key.count, parameters) == 1 else { return nil }
  }

  /// Returns the literal for a parameter, which only holds its address: Swift would free a String's copy before the
  /// parameter is used. libcrypto does not write to it.
  @unsafe private static func cString(_ literal: StaticString) -> UnsafeMutablePointer<CChar> {
    let bytes = unsafe UnsafeRawPointer(literal.utf8Start).assumingMemoryBound(to: CChar.self)
    return unsafe UnsafeMutablePointer(mutating: bytes)
  }

  deinit {
    unsafe EVP_MAC_CTX_free(prepared)
  }

  /// Returns the authentication code of the concatenated parts, or nil when libcrypto fails.
  func authenticate(_ parts: [[UInt8]]) -> [UInt8]? {
    guard let context = unsafe EVP_MAC_CTX_dup(prepared) else { return nil }
    defer { unsafe EVP_MAC_CTX_free(context) }
    for part in parts {
      guard unsafe EVP_MAC_update(context, part, part.count) == 1 else { return nil }
    }
    var result = [UInt8](repeating: 0, count: Self.length)
    var count = 0
    let finished = unsafe EVP_MAC_final(context, &result, &count, result.count)
    return finished == 1 && count == Self.length ? result : nil
  }
}
