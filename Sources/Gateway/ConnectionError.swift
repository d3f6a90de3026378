/// Why a FastCGI connection ended before there was a request to answer.
public enum ConnectionError: Error, Equatable, Sendable {
  /// `accept` failed with this `errno`; the loop pauses and tries again.
  case notAccepted(errno: Int32)
  /// The peer sent no complete, well-formed FCGI_BEGIN_REQUEST and FCGI_PARAMS within the read deadline.
  case noRequest
}
