import Glibc

/// Standard output and standard error.
public enum StandardDescriptors {
  /// Opens /dev/null in place of closed descriptors.
  ///
  /// Only descriptor 0 is guaranteed to a FastCGI program (FastCGI specification, section 2.2). The next file
  /// opened would receive the number of a missing descriptor, and log lines would be written into it.
  public static func fill() {
    for number in [STDOUT_FILENO, STDERR_FILENO] where fcntl(number, F_GETFD) == -1 {
      let null = unsafe open("/dev/null", O_WRONLY)
      guard null >= 0, null != number else { continue }
      dup2(null, number)
      close(null)
    }
  }

  /// Whether standard error goes anywhere other than /dev/null.
  public static var hasStandardError: Bool {
    var (errors, null) = (stat(), stat())
    guard unsafe fstat(STDERR_FILENO, &errors) == 0, unsafe stat("/dev/null", &null) == 0 else { return true }
    return errors.st_rdev != null.st_rdev
  }
}
