import Glibc

/// The meta-variables of a request, in the order in which the server sent them (RFC 3875, section 4.1).
///
/// A list rather than a dictionary: nginx passes a repeated header as two variables of the same name. A
/// receiver that keeps only one of them would trust a header it never examined.
public struct Parameters: Sendable {
  /// The ranges of a variable's name and value in `bytes`.
  private struct Entry {
    let name: Range<Int>
    let value: Range<Int>
  }

  /// The number of variables for which space is reserved: web servers send about 40.
  private static let typicalCount = 64

  /// All names and values in one buffer. Most are never read, so Strings are created on demand.
  private var bytes: [UInt8] = []
  private var entries: [Entry] = []

  public init(_ entries: [(String, String)] = []) {
    for (name, value) in entries { append(environmentEntry: "\(name)=\(value)".utf8) }
  }

  /// Decodes name-value pairs (FastCGI specification, section 3.4). Returns nil if they end within a pair.
  init?(pairs: [UInt8]) {
    bytes = pairs
    entries.reserveCapacity(Self.typicalCount)
    var next = 0
    while next < pairs.count {
      guard let nameLength = Self.length(in: pairs, at: &next),
        let valueLength = Self.length(in: pairs, at: &next),
        nameLength + valueLength <= pairs.count - next
      else { return nil }
      let name = next..<next + nameLength
      next = name.upperBound + valueLength
      entries.append(Entry(name: name, value: name.upperBound..<next))
    }
  }

  /// Reads a length: one byte up to 127, or four bytes of which the first has the highest bit set.
  private static func length(in pairs: [UInt8], at next: inout Int) -> Int? {
    guard next < pairs.count else { return nil }
    let first = pairs[next]
    guard first > 127 else {
      next += 1
      return Int(first)
    }
    guard pairs.count - next >= 4 else { return nil }
    defer { next += 4 }
    return pairs[next..<next + 4].reduce(0) { $0 << 8 | Int($1) } & 0x7fff_ffff
  }

  /// Appends a variable in the form `NAME=value`. The value may contain equals signs.
  mutating func append(environmentEntry entry: some Collection<UInt8>) {
    let start = bytes.count
    bytes += entry
    guard let equals = bytes[start...].firstIndex(of: UInt8(ascii: "=")) else { return }
    entries.append(Entry(name: start..<equals, value: equals + 1..<bytes.count))
  }

  /// The value of the variable, or the first value when the server sent several.
  public subscript(name: String) -> String? {
    entries.first { isNamed($0, name) }.map(value)
  }

  /// Returns every value of the variable, in order.
  public func values(of name: String) -> [String] {
    entries.filter { isNamed($0, name) }.map(value)
  }

  /// Returns every value of the request header with this lower-case name, in order (RFC 3875, section
  /// 4.1.18).
  public func values(ofHeader name: String) -> [String] {
    let prefix = "HTTP_".utf8
    return entries.filter { entry in
      let variable = bytes[entry.name]
      return variable.count == prefix.count + name.utf8.count && variable.starts(with: prefix)
        && zip(variable.dropFirst(prefix.count), name.utf8).allSatisfy { $0 == Self.variableByte($1) }
    }.map(value)
  }

  /// Maps a byte of a lower-case header name to the byte used in the variable's name.
  private static func variableByte(_ byte: UInt8) -> UInt8 {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"): byte & 0xdf
    case UInt8(ascii: "-"): UInt8(ascii: "_")
    default: byte
    }
  }

  /// Returns whether the name of any variable begins with `prefix`.
  public func contains(prefix: String) -> Bool {
    entries.contains { bytes[$0.name].starts(with: prefix.utf8) }
  }

  private func isNamed(_ entry: Entry, _ name: String) -> Bool {
    entry.name.count == name.utf8.count && bytes[entry.name].elementsEqual(name.utf8)
  }

  private func value(_ entry: Entry) -> String {
    String(decoding: bytes[entry.value], as: UTF8.self)
  }
}

extension Parameters {
  /// Returns the environment of this process, which under CGI contains the meta-variables (RFC 3875, section
  /// 7.2).
  public static func ofProcess() -> Parameters {
    var parameters = Parameters()
    var next: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = unsafe environ
    parameters.bytes.reserveCapacity(2048)
    parameters.entries.reserveCapacity(typicalCount)
    while let entry = unsafe next?.pointee {
      let bytes = unsafe UnsafeRawBufferPointer(start: entry, count: strlen(entry))
      unsafe parameters.append(environmentEntry: bytes)
      unsafe next = next?.advanced(by: 1)
    }
    return parameters
  }
}
