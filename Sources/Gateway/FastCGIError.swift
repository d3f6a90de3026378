import Glibc

/// Why the FastCGI server could not start.
public enum FastCGIError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A call to the operating system or to libfcgi failed with this `errno`.
  case system(call: String, errno: Int32)

  public var description: String {
    switch self {
    case .system(let call, let number): unsafe "\(call) failed: \(String(cString: strerror(number)))"
    }
  }
}
