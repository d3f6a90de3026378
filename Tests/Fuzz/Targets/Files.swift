import Foundation

@testable import ClerkSync
@testable import Command

/// A record of CSV is the same when it is written again, and JSON remains JSON when its members get other names.
func checkFile(_ input: [UInt8]) throws {
  // More does not fit into a pipe.
  guard input.count < 65_536 else { return }
  try checkRecord(input)
  try checkNames(input)
  let pipe = Pipe()
  try pipe.fileHandleForWriting.write(contentsOf: input)
  try pipe.fileHandleForWriting.close()
  do {
    let path = "/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)"
    var file = try FileObjects(path, .user, mapping: fuzzedMapping())
    var count = 0
    while let page = try file.nextPage() {
      try require(!page.isEmpty && page.count <= ClerkAPI.pageSize, "a page of \(page.count) users")
      try requireObjects(page, of: .user)
      count += page.count
    }
    try require(file.done == count, "\(file.done) users in place of \(count)")
  } catch let error as CommandFailure {
    try requireLogLine("\(error)")
  }
}

private func checkRecord(_ bytes: [UInt8]) throws {
  guard let record = CSVRecord(bytes) else { return }
  let fields = record.fields.map { "\"\($0.replacing("\"", with: "\"\""))\"" }
  let again = CSVRecord(Array(fields.joined(separator: ",").utf8))
  try require(again?.fields == record.fields, "CSV again: \(record.fields)")
}

private func checkNames(_ json: [UInt8]) throws {
  let renamed = SDKUsers.renamed(json)
  let isJSON = (try? JSONSerialization.jsonObject(with: Data(json), options: .fragmentsAllowed)) != nil
  guard isJSON else { return }
  _ = try JSONSerialization.jsonObject(with: Data(renamed), options: .fragmentsAllowed)
  try require(SDKUsers.renamed(renamed) == renamed, "names of the SDK remain")
}
