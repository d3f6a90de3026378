import Foundation

@testable import ClerkSync
@testable import Command

/// An object of a page that cannot become a row says why, and fails alone.
func checkPage(_ input: [UInt8]) throws {
  let entities = Entity.allCases
  let entity = entities[Int(input.first ?? 0) % entities.count]
  let body = Array(input.dropFirst())
  let mapping = try fuzzedMapping()
  _ = try? ClerkAPI.totalCount(Data(body))
  let objects: [Result<BackendObject, UnusableObject>]
  do throws(EventError) {
    objects = try BackendObject.list(entity, decoding: body, mapping: mapping)
  } catch {
    return try requireLogLine(DeliveryError.event(error).reason)
  }
  try requireObjects(objects, of: entity)
}

/// Throws ``Violation`` unless each of the objects could be written, or has an error that can be printed.
func requireObjects(
  _ objects: [Result<BackendObject, UnusableObject>], of entity: Entity
) throws(Violation) {
  for object in objects {
    switch object {
    case .failure(let error): try requireLogLine("\(error)")
    case .success(let object):
      try require(
        object.entity == entity && !object.id.isEmpty && !object.key.isEmpty, "an object without an id")
      if let warning = JSONDepth.warning(for: object.prunedPaths) { try requireLogLine(warning) }
    }
  }
}
