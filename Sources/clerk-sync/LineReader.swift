import Foundation

/// The lines of a file, without ever holding more than one and what was read with it.
struct LineReader {
  private static let chunk = 65_536

  private let file: FileHandle
  private var buffer: [UInt8] = []
  private var start = 0
  private var isAtEnd = false

  init(_ file: FileHandle) {
    self.file = file
  }

  /// The next line without its end, the last one whether it has an end or not; nil after that.
  mutating func next() throws -> [UInt8]? {
    var searched = start
    while true {
      if let end = buffer[searched...].firstIndex(of: 0x0a) {
        defer { start = end + 1 }
        return Array(buffer[start..<end])
      }
      searched = buffer.count - start
      buffer.removeFirst(start)
      start = 0
      guard try read() else { return buffer.isEmpty ? nil : takeAll() }
    }
  }

  /// Everything that remains.
  mutating func rest() throws -> [UInt8] {
    buffer.removeFirst(start)
    start = 0
    while try read() {}
    return takeAll()
  }

  private mutating func takeAll() -> [UInt8] {
    defer { buffer = [] }
    return buffer
  }

  private mutating func read() throws -> Bool {
    if isAtEnd { return false }
    let bytes = try file.read(upToCount: Self.chunk)
    guard let bytes, !bytes.isEmpty else {
      isAtEnd = true
      return false
    }
    buffer += bytes
    return true
  }
}
