import Glibc

/// The records of one request, read from a connection (FastCGI specification, sections 3 to 5).
///
/// libfcgi reads none of them: versions up to 2.4.6 abort the process on some lengths in FCGI_PARAMS, which any program
/// that may write to the socket can send. Here a broken record ends its own connection only.
struct RequestRecords: ~Copyable {
  /// The limit of a request's parameters, in bytes. Web servers stay far below it: Apache accepts, by default, 100
  /// header fields of 8190 bytes.
  private static let parametersLimit = 1_048_576

  private static let headerLength = 8
  /// The length of the bodies that are not streams: of FCGI_BEGIN_REQUEST, FCGI_END_REQUEST and FCGI_UNKNOWN_TYPE.
  private static let bodyLength = 8

  private struct Record {
    let type: UInt8
    let id: UInt16
  }

  /// The id that the web server gave to the request, or 0 before FCGI_BEGIN_REQUEST.
  private(set) var id: UInt16 = 0
  private(set) var connection: Int32 = -1
  private var buffer = [UInt8](repeating: 0, count: 8192)
  /// The part of `buffer` that holds bytes received and not yet used.
  private var unread = 0..<0
  /// The number of bytes left of the content and the padding of the current record.
  private var content = 0
  private var padding = 0
  private var isBodyComplete = false

  /// Reads FCGI_BEGIN_REQUEST and FCGI_PARAMS from `connection`. Returns nil unless both arrive completely and are well
  /// formed.
  mutating func begin(on connection: Int32) -> Parameters? {
    self.connection = connection
    (id, unread, content, padding, isBodyComplete) = (0, 0..<0, 0, 0, false)
    guard let beginning = nextRecord(), beginning.type == RecordType.beginRequest,
      let body = readContent(Self.bodyLength), body[0] == 0, body[1] == Self.responder
    else { return nil }
    id = beginning.id
    var pairs: [UInt8] = []
    pairs.reserveCapacity(2048)
    while let record = nextRecord(), record.type == RecordType.parameters {
      if content == 0 { return Parameters(pairs: pairs) }
      guard pairs.count + content <= Self.parametersLimit, take(content, into: &pairs) else { return nil }
    }
    return nil
  }

  /// Appends at most `count` bytes of the body and returns how many. Fewer than `count` means the end of the body or an
  /// error.
  mutating func readBody(_ count: Int, into body: inout [UInt8]) -> Int {
    let start = body.count
    while body.count - start < count, hasMoreBody() {
      guard take(min(count - (body.count - start), content), into: &body) else { break }
    }
    return body.count - start
  }

  /// Returns whether the body ends here. Waits for the record that shows it.
  mutating func bodyEnd() -> StreamEnd {
    if hasMoreBody() { return .moreBytes }
    return isBodyComplete ? .clean : .failed
  }

  /// Reads on to the next bytes of the body. Returns false at its end, and after an error.
  private mutating func hasMoreBody() -> Bool {
    if content > 0 { return true }
    guard !isBodyComplete, let record = nextRecord(), record.type == RecordType.standardInput else {
      return false
    }
    isBodyComplete = content == 0
    return !isBodyComplete
  }

  /// Skips what is left of the current record, and reads the header of the next one of this request. Answers the
  /// management records before it, and leaves out the records of other requests (section 3.3).
  ///
  /// Returns nil if the connection ends, fails or carries something else than FastCGI.
  private mutating func nextRecord() -> Record? {
    while true {
      guard skip(content + padding), fill(Self.headerLength) else { return nil }
      let start = unread.lowerBound
      unread.removeFirst(Self.headerLength)
      guard buffer[start] == Self.version else { return nil }
      let record = Record(
        type: buffer[start + 1], id: UInt16(buffer[start + 2]) << 8 | UInt16(buffer[start + 3]))
      content = Int(buffer[start + 4]) << 8 | Int(buffer[start + 5])
      padding = Int(buffer[start + 6])
      if record.type == RecordType.beginRequest {
        if id == 0 { return record.id == 0 ? nil : record }
        guard record.id != id, refuseMultiplexing(record.id) else { return nil }
      } else if record.id == 0 {
        guard answerManagementRecord(record.type) else { return nil }
      } else if record.id == id {
        return record
      }
    }
  }
}

// MARK: - Answers to other records

extension RequestRecords {
  private static let version: UInt8 = 1
  /// The role of a program that answers requests (section 6.2). The others are authorizer and filter.
  private static let responder: UInt8 = 1
  /// The `protocolStatus` that refuses a second request on a connection (section 5.5).
  private static let cannotMultiplex: UInt8 = 1

  /// The types of the records that are read or written here (section 8).
  private enum RecordType {
    static let beginRequest: UInt8 = 1
    static let endRequest: UInt8 = 3
    static let parameters: UInt8 = 4
    static let standardInput: UInt8 = 5
    static let getValues: UInt8 = 9
    static let getValuesResult: UInt8 = 10
    static let unknownType: UInt8 = 11
  }

  private func refuseMultiplexing(_ other: UInt16) -> Bool {
    send(RecordType.endRequest, id: other, [0, 0, 0, 0, Self.cannotMultiplex, 0, 0, 0])
  }

  /// Answers the management record whose header has been read (section 4). Returns false if it is malformed, or if the
  /// peer does not take the answer.
  private mutating func answerManagementRecord(_ type: UInt8) -> Bool {
    guard type == RecordType.getValues else {
      return send(RecordType.unknownType, id: 0, [type] + [UInt8](repeating: 0, count: Self.bodyLength - 1))
    }
    guard let content = readContent(content), let asked = Parameters(pairs: content) else { return false }
    // A worker has one connection, with one request.
    let values = [("FCGI_MAX_CONNS", "1"), ("FCGI_MAX_REQS", "1"), ("FCGI_MPXS_CONNS", "0")]
    let pairs = values.filter { asked[$0.0] != nil }.flatMap { name, value in
      [UInt8(name.utf8.count), UInt8(value.utf8.count)] + Array(name.utf8) + Array(value.utf8)
    }
    return send(RecordType.getValuesResult, id: 0, pairs)
  }

  /// Sends a record with a content of less than 256 bytes. Returns false if the peer does not take it at once: a peer
  /// that only asks must not hold a worker.
  private func send(_ type: UInt8, id: UInt16, _ content: [UInt8]) -> Bool {
    let record =
      [Self.version, type, UInt8(id >> 8), UInt8(id & 255), 0, UInt8(content.count), 0, 0] + content
    let sent = unsafe record.withUnsafeBytes { bytes in
      unsafe Glibc.send(connection, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
    }
    return sent == record.count
  }
}

// MARK: - Bytes

extension RequestRecords {
  /// Returns the content of the current record, if it has `count` bytes.
  private mutating func readContent(_ count: Int) -> [UInt8]? {
    var bytes: [UInt8] = []
    return content == count && take(count, into: &bytes) ? bytes : nil
  }

  /// Appends the next `count` bytes of the current record's content.
  private mutating func take(_ count: Int, into bytes: inout [UInt8]) -> Bool {
    let end = bytes.count + count
    while bytes.count < end {
      guard let part = nextPart(end - bytes.count) else { return false }
      bytes += buffer[part]
    }
    content -= count
    return true
  }

  private mutating func skip(_ count: Int) -> Bool {
    var missing = count
    while missing > 0 {
      guard let part = nextPart(missing) else { return false }
      missing -= part.count
    }
    return true
  }

  /// Returns the place in the buffer of the next bytes, at most `count`, which count as used. Returns nil if the connection
  /// ends or fails first.
  private mutating func nextPart(_ count: Int) -> Range<Int>? {
    guard fill(1) else { return nil }
    let part = unread.prefix(count)
    unread.removeFirst(part.count)
    return part
  }

  /// Receives until `count` bytes are unread. `count` is at most a header's length. Returns false if the connection ends
  /// or fails first.
  private mutating func fill(_ count: Int) -> Bool {
    while unread.count < count {
      // The few bytes of an incomplete header move to the front.
      if unread.lowerBound > 0 {
        buffer.replaceSubrange(..<unread.count, with: Array(buffer[unread]))
        unread = 0..<unread.count
      }
      let free = unread.upperBound..<buffer.count
      let received = unsafe buffer.withUnsafeMutableBytes { bytes in
        let target = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[free])
        return unsafe recv(connection, target.baseAddress, target.count, 0)
      }
      if received < 0 && errno == EINTR { continue }
      guard received > 0 else { return false }
      unread = unread.lowerBound..<unread.upperBound + received
    }
    return true
  }
}
