import CLibcrypto

/// HMAC with SHA-256 (RFC 2104), by libcrypto's EVP_MAC (OpenSSL 3 manual, EVP_MAC(3)).
@safe enum HMACSHA256 {
  /// The length of a result, in bytes.
  static let length = 32

  // Fetching searches libcrypto's providers; once a process is enough, and it is only read afterwards.
  // The provider built in has all that is needed, so a CGI process does not read openssl.cnf each time.
  private nonisolated(unsafe) static let algorithm = {
    OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_LOAD_CONFIG), nil)
    return unsafe EVP_MAC_fetch(nil, "HMAC", nil)
  }()

  /// The authentication code of the parts one after the other, or nil when libcrypto fails.
  static func authenticate(_ parts: [[UInt8]], key: [UInt8]) -> [UInt8]? {
    guard let context = unsafe EVP_MAC_CTX_new(algorithm) else { return nil }
    defer { unsafe EVP_MAC_CTX_free(context) }

    var digest = Array("SHA256".utf8CString)
    let initialized = unsafe digest.withUnsafeMutableBufferPointer { name in
      let parameters = unsafe [
        OSSL_PARAM_construct_utf8_string("digest", name.baseAddress, 0), OSSL_PARAM_construct_end(),
      ]
      return unsafe EVP_MAC_init(context, key, key.count, parameters)
    }
    guard initialized == 1 else { return nil }
    for part in parts {
      guard unsafe EVP_MAC_update(context, part, part.count) == 1 else { return nil }
    }
    var result = [UInt8](repeating: 0, count: length)
    var count = 0
    let finished = unsafe EVP_MAC_final(context, &result, &count, result.count)
    return finished == 1 && count == length ? result : nil
  }
}
