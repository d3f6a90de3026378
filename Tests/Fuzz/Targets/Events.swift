import Foundation
import TestSupport

@testable import ClerkSync
@testable import Svix

/// A mapping with a table for each kind of object, and with a column for each kind of rule.
func fuzzedMapping() throws -> Mapping { try sharedMapping.get() }

private let sharedMapping = Result { () throws(MappingError) in
  try Mapping(
    json5: """
      { \(MappingFile.userWithEachRule),
        organization: { table: 'orgs', key: { id: 'id' }, columns: { name: 'name', slug: 'slug', o: 'object' } },
        organizationMembership: { table: 'members', columns: { role: 'role', o: 'object' },
          key: { org: 'organization.id', user: 'public_user_data.user_id' } },
        organizationInvitation: { table: 'invitations', key: { id: 'id' }, columns: {
          org: 'organization_id', address: 'email_address', status: 'status', t: { from: 'expires_at', as: 'ms' },
          o: 'object' } } }
      """, healsOnSession: true)
}

/// An error names fields, and repeats none of their values. A user's row has the id and the address that the JSON has.
func checkEvent(_ body: [UInt8], mapping: Mapping) throws {
  try checkDepth(body)
  let message = try message(body)
  let event: Event
  do throws(EventError) {
    event = try Event(decoding: message, mapping: mapping)
  } catch {
    return try requireLogLine(DeliveryError.event(error).reason)
  }
  for warning in event.warnings { try requireLogLine(warning) }
  guard let change = event.change else { return }
  try require(!change.record.id.isEmpty, "a row without an id")
  if change.operation != .deleted, mapping.isBuiltIn { try check(change.record, in: body) }
}

/// A message as a verifier returns it. Only its body matters here.
private func message(_ body: [UInt8]) throws -> VerifiedMessage {
  VerifiedMessage(id: "msg_1", timestamp: fuzzedTime, signature: try sharedSignature.get(), body: body)
}

private let sharedSignature = Result {
  try Signature(of: [], id: "msg_1", timestamp: "\(fuzzedTime)", secret: fuzzedSecret())
}

/// Finds the address as Clerk documents it: in the entry with the id of the primary one.
private func check(_ record: Record, in body: [UInt8]) throws(Violation) {
  // Unlike an event, it needs every value to be readable.
  guard let event = try? JSONDecoder().decode(JSONTree.self, from: Data(JSONDepth.pruned(body).json)) else {
    return
  }
  let user = event["data"]
  try require(user?["id"] == .text(record.id), "another id than \(record.id)")
  guard case .array(let addresses) = user?["email_addresses"] else {
    throw Violation(description: "an address without a list")
  }
  let primary = addresses.first { $0["id"] == user?["primary_email_address_id"] }
  try require(primary?["email_address"] == record.address.map(JSONTree.text), "another address than Clerk's")
}

extension JSONTree {
  fileprivate subscript(name: String) -> JSONTree? {
    if case .object(let members) = self { members[name] } else { nil }
  }
}

/// What remains of a deep document is not deep. Another document remains as it is.
private func checkDepth(_ json: [UInt8]) throws {
  let (pruned, paths) = JSONDepth.pruned(json)
  try require(paths.isEmpty == (pruned == json), "pruned without a path")
  try require(JSONDepth.pruned(pruned).json == pruned, "pruned twice")
}
