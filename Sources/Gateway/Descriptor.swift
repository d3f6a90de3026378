import Glibc

/// A file descriptor that is closed exactly once.
struct Descriptor: ~Copyable, Sendable {
  let number: Int32

  deinit {
    close(number)
  }
}
