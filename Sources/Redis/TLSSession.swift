import CLibssl

/// A TLS session over a connected socket, whose server has proved its name.
///
/// It uses libssl and not hiredis_ssl, which Debian 12 lacks, and which does not compare the certificate with the host
/// name in the versions of Debian.
@safe final class TLSSession {
  private nonisolated(unsafe) static let library = unsafe clibssl_load()
  /// Whether libssl is on this machine.
  static var isAvailable: Bool { unsafe library != nil }

  private let functions: clibssl
  private let session: OpaquePointer

  /// Performs the handshake. The socket's timeout applies to each read and write of it.
  ///
  /// Throws ``RedisError/tls(reason:)`` unless a trusted authority has certified `host`, which is a name or an IP
  /// address.
  init(over socket: Int32, host: String, trust: RedisAddress.TLS) throws(RedisError) {
    guard let functions = unsafe Self.library?.pointee else { throw .tls(reason: "libssl is missing") }
    functions.ERR_clear_error()
    let context = unsafe functions.SSL_CTX_new(functions.TLS_client_method())
    defer { unsafe functions.SSL_CTX_free(context) }
    guard unsafe Self.prepare(context, trust, functions) else {
      throw .tls(
        reason:
          "no certificate can be read from \(trust.authorities ?? "the system's certificate authorities")")
    }
    guard let session = unsafe functions.SSL_new(context) else { throw .tls(reason: "out of memory") }
    unsafe (self.functions, self.session) = (functions, session)
    guard expect(host), unsafe functions.SSL_set_fd(session, socket) == 1 else {
      throw .tls(reason: "out of memory")
    }
    let result = unsafe functions.SSL_connect(session)
    guard result != 1 else { return }
    let verification = unsafe functions.SSL_get_verify_result(session)
    guard verification == X509_V_OK else {
      let reason = unsafe Self.text(functions.X509_verify_cert_error_string(verification))
      throw .tls(reason: "the server's certificate is not accepted: \(reason)")
    }
    switch failure(result) {
    case .closed: throw .tls(reason: "the server ended the handshake")
    case .timedOut: throw .tls(reason: "the server did not answer the handshake in time")
    case let failure: throw failure
    }
  }

  deinit {
    unsafe functions.SSL_free(session)
  }

  func write(_ bytes: [UInt8]) throws(RedisError) {
    functions.ERR_clear_error()
    // The socket blocks, so everything is written.
    let result = unsafe functions.SSL_write(session, bytes, Int32(bytes.count))
    guard result > 0 else { throw failure(result) }
  }

  /// Returns the next bytes, at least one.
  func read() throws(RedisError) -> [UInt8] {
    functions.ERR_clear_error()
    var result: Int32 = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 16_384) { buffer, count in
      result = unsafe functions.SSL_read(session, buffer.baseAddress, Int32(buffer.count))
      count = max(0, Int(result))
    }
    guard result > 0 else { throw failure(result) }
    return bytes
  }

  /// Sets what to trust. Returns false if the file of authorities cannot be read.
  @unsafe private static func prepare(
    _ context: OpaquePointer?, _ trust: RedisAddress.TLS, _ functions: clibssl
  ) -> Bool {
    unsafe functions.SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
    _ = unsafe functions.SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(TLS1_2_VERSION), nil)
    // Redis closes a connection without a close_notify. A truncated reply is noticed by its length.
    _ = unsafe functions.SSL_CTX_set_options(context, clibssl_ignore_unexpected_eof)
    guard let file = trust.authorities else {
      return unsafe functions.SSL_CTX_set_default_verify_paths(context) == 1
    }
    return unsafe functions.SSL_CTX_load_verify_locations(context, file, nil) == 1
  }

  /// Sets the name that the certificate must have. A name is also sent to the server (RFC 6066, section 3).
  private func expect(_ host: String) -> Bool {
    let isIPAddress =
      unsafe functions.X509_VERIFY_PARAM_set1_ip_asc(functions.SSL_get0_param(session), host) == 1
    if isIPAddress { return true }
    guard unsafe functions.SSL_set1_host(session, host) == 1 else { return false }
    var name = Array(host.utf8CString)
    return unsafe functions.SSL_ctrl(
      session, SSL_CTRL_SET_TLSEXT_HOSTNAME, Int(TLSEXT_NAMETYPE_host_name), &name) == 1
  }

  private func failure(_ result: Int32) -> RedisError {
    switch unsafe functions.SSL_get_error(session, result) {
    case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .timedOut
    case SSL_ERROR_SSL:
      let reason = unsafe functions.ERR_reason_error_string(functions.ERR_peek_last_error())
      return .tls(reason: unsafe Self.text(reason))
    default: return .closed
    }
  }

  @unsafe private static func text(_ reason: UnsafePointer<CChar>?) -> String {
    unsafe reason.map { unsafe String(cString: $0) } ?? "no reason given"
  }
}
