import Glibc

/// The way in which the web server started this process.
public enum Transport: Equatable, Sendable {
  /// One request in the environment and on standard input (RFC 3875).
  case cgi
  /// Many requests over connections to this listening descriptor (FastCGI specification, section 2.2).
  case fastCGI(listener: Int32)

  /// Returns the transport for which this process was started, or nil when it was started by hand.
  ///
  /// Socket activation is checked first: it passes its socket as descriptor 3, so descriptor 0 proves
  /// nothing. A listening socket is one for which getpeername(2) fails with ENOTCONN (FastCGI specification,
  /// section 2.2).
  public static func detect(_ environment: Parameters = .ofProcess()) -> Transport? {
    if environment["LISTEN_PID"] == String(getpid()), environment["LISTEN_FDS"] == "1" {
      return .fastCGI(listener: 3)
    }
    if isListening(STDIN_FILENO) { return .fastCGI(listener: STDIN_FILENO) }
    return environment["GATEWAY_INTERFACE"] == nil ? nil : .cgi
  }

  private static func isListening(_ descriptor: Int32) -> Bool {
    var address = sockaddr()
    var length = socklen_t(MemoryLayout<sockaddr>.size)
    return unsafe getpeername(descriptor, &address, &length) == -1 && errno == ENOTCONN
  }
}
