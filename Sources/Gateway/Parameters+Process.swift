import Glibc

extension Parameters {
  /// The environment of this process, which in CGI holds the meta-variables (RFC 3875, section 7.2).
  public static func ofProcess() -> Parameters {
    var parameters = Parameters()
    unsafe parameters.append(environment: environ)
    return parameters
  }

  /// Appends the entries of an environ(7)-style array, which ends with a null pointer.
  @unsafe mutating func append(
    environment: UnsafePointer<UnsafeMutablePointer<CChar>?>?
  ) {
    guard var next = unsafe environment else { return }
    reserveCapacity()
    while let entry = unsafe next.pointee {
      let bytes = unsafe UnsafeRawBufferPointer(start: entry, count: strlen(entry))
      unsafe append(environmentEntry: bytes)
      unsafe next += 1
    }
  }
}
