import Foundation
import TestSupport

/// A Python server on a loopback port that answers each request with the same bytes, except for `{date}`.
final class Answering {
  private let reservation: LoopbackPort
  private let folder: TemporaryFolder
  private let python: ChildProcess

  var port: Int { reservation.number }

  struct NotStarted: Error {
    let log: String
  }

  private static let program = """
    import email.utils, socket, ssl, sys, time
    port, answer, certificate, ahead = int(sys.argv[1]), sys.argv[2], sys.argv[3], float(sys.argv[4])
    listener = socket.create_server(("127.0.0.1", port))
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    while True:
        connection = listener.accept()[0]
        try:
            if certificate:
                connection = context.wrap_socket(connection, server_side=True)
            connection.recv(65536)
            date = email.utils.formatdate(time.time() + ahead, usegmt=True)
            # The empty answer is a silence.
            connection.sendall(answer.replace("{date}", date).encode()) if answer else time.sleep(60)
        except OSError:
            pass
        connection.close()
    """

  /// `certificate` is a PEM file with its key, for TLS. `{date}` in the answer becomes the time of the answer, `seconds`
  /// ahead of the clock.
  init(_ answer: String, certificate: String = "", ahead seconds: Double = 0) throws {
    folder = try TemporaryFolder()
    let port = try LoopbackPort()
    reservation = port
    python = try ChildProcess(
      "/usr/bin/python3", ["-c", Self.program, "\(port.number)", answer, certificate, "\(seconds)"],
      output: folder.file("python.log"))
    guard eventually({ (try? TCPConnection(port.url)) != nil }) else { throw NotStarted(log: python.log) }
  }
}
