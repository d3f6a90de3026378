/// Why the FastCGI server could not start.
public enum FastCGIError: Error, Equatable, Sendable {
  /// A call to the operating system or to libfcgi failed with this `errno`.
  case system(call: String, errno: Int32)
}
