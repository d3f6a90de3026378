import ClerkSync

/// A source of Clerk's objects of one kind, read page by page.
protocol ObjectSource {
  /// The mapping of the objects' records, with which a store must write them.
  var mapping: Mapping { get }
  /// The number of objects read so far. It starts over with each pass.
  var done: Int { get }
  /// Whether the objects of the last page may have been read before: the list changed, and is read once more.
  var isRepeating: Bool { get }

  /// Returns the next objects, at most ``ClerkAPI/pageSize``; nil if there are no more.
  mutating func nextPage() async throws -> [Result<BackendObject, UnusableObject>]?
}

extension ObjectSource {
  var isRepeating: Bool { false }
}

/// The place in a list of Clerk's from which an interrupted command continues.
enum ListPosition: Codable {
  /// `after` is the id of the last object read.
  case cursor(after: String, done: Int)
  /// `ids` are those of the last objects read, and `next` is the offset of the first one after them when they were read.
  case offset(next: Int, ids: [String], done: Int, pass: Int)

  /// The number of objects read so far.
  var done: Int {
    switch self {
    case .cursor(_, let done), .offset(_, _, let done, _): done
    }
  }

  /// The id of the last object read.
  var last: String? {
    switch self {
    case .cursor(let id, _): id
    case .offset(_, let ids, _, _): ids.last
    }
  }
}

extension BackendObject {
  /// As ``list(_:decoding:mapping:)``. Prints a warning for each object with values that had to be replaced.
  static func listWithWarnings(
    _ entity: Entity, decoding json: [UInt8], mapping: Mapping
  ) throws(EventError) -> [Result<BackendObject, UnusableObject>] {
    let objects = try list(entity, decoding: json, mapping: mapping)
    for case .success(let object) in objects {
      guard let warning = JSONDepth.warning(for: object.prunedPaths) else { continue }
      ProgressBar.say("\(object.id.singleLine): \(warning)")
    }
    return objects
  }
}
