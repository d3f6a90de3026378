import CFastCGI
import Glibc

/// A request without parameters, as a file in memory. From it, libfcgi makes the streams of an answer.
///
/// libfcgi reads only this: what a peer sends is read by ``RequestRecords``.
final class BlankRequest: Sendable {
  private let file: Descriptor

  init() throws(FastCGIError) {
    let number = unsafe memfd_create("blank-request", UInt32(MFD_CLOEXEC))
    guard number >= 0 else { throw .system(call: "memfd_create", errno: errno) }
    file = Descriptor(number: number)
    // FCGI_BEGIN_REQUEST with the role of a responder, and the end of FCGI_PARAMS.
    let records: [UInt8] = [1, 1, 0, 1, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 4, 0, 1, 0, 0, 0, 0]
    let written = unsafe records.withUnsafeBytes { unsafe write(number, $0.baseAddress, $0.count) }
    guard written == records.count else { throw .system(call: "write", errno: errno) }
  }

  /// Returns the descriptor, to be read from the beginning.
  func rewound() -> Int32 {
    lseek(file.number, 0, SEEK_SET)
    return file.number
  }
}
