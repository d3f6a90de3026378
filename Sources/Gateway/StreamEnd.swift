/// How a body's stream stands once the expected bytes have been read.
enum StreamEnd {
  /// The sender ended it here.
  case clean
  /// More bytes follow.
  case moreBytes
  /// The sender went away or broke the protocol before it ended the stream.
  case failed
}
