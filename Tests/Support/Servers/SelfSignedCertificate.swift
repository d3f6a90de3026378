/// A self-signed certificate for a test's server.
public struct SelfSignedCertificate: Sendable {
  public let certificate: String
  public let key: String

  /// Creates the two files in `folder`. `names` are subject alternative names, as in `DNS:localhost,IP:127.0.0.1`.
  ///
  /// - Throws: ``ServerNotStarted`` with the output of openssl on failure.
  public init(in folder: TemporaryFolder, names: String? = nil) throws {
    (certificate, key) = (folder.file("fullchain.pem"), folder.file("privkey.pem"))
    let openssl = try ChildProcess(
      "/usr/bin/openssl",
      [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
        "-subj", "/CN=app.example.org", "-keyout", key, "-out", certificate,
      ] + (names.map { ["-addext", "subjectAltName=\($0)"] } ?? []), output: folder.file("openssl.log"))
    guard openssl.exitStatus() == 0 else { throw ServerNotStarted(log: openssl.log) }
  }
}
