import Foundation
import TestSupport
import Testing

/// Compares the instructions of one request with the accepted counts. Unlike times, they do not depend on what else
/// the machine does.
@Suite(
  .programs,
  .enabled(if: isReleased, "Instructions are counted in the release handler: set CLERK_SYNC_HANDLER"),
  .enabled(if: Callgrind.isInstalled, "valgrind is not installed"))
struct InstructionTests {
  @Test(
    .enabled(if: isWriting || otherVersions == nil, otherVersions),
    arguments: Measure.allCases)
  func `A request takes at most 5 % more instructions than accepted`(measure: Measure) throws {
    let count = try measure.count()
    if isWriting { return try Thresholds.write(count, of: measure) }
    let expected = try #require(
      accepted?.instructions[measure.rawValue], "\(measure.rawValue) has no count yet: run make instructions")
    let percent = Double(count - expected) / Double(expected) * 100
    let difference = String(format: "%+.1f %%", percent)
    let change = "\(measure.rawValue): \(count) instructions, accepted \(expected): \(difference)."
    if percent > 5 {
      Issue.record("\(change) To accept the new count, run make instructions, and commit the file.")
    } else if percent < -5 {
      // In the report, but not a failure.
      withKnownIssue {
        Issue.record("\(change) To keep the gain, run make instructions, and commit the file.")
      }
    } else {
      print(change)
    }
  }
}

/// `make instructions` writes the counts instead of comparing them.
private let isWriting = ProcessInfo.processInfo.environment["CLERK_SYNC_TEST_INSTRUCTIONS"] == "write"
private let isReleased = ProcessInfo.processInfo.environment["CLERK_SYNC_HANDLER"] != nil
private let accepted = try? Thresholds.read()

/// Why the accepted counts do not hold on this machine; nil if they do.
private let otherVersions: Comment? = {
  guard let accepted, accepted.versions != Thresholds.versionsHere else { return nil }
  let there = accepted.versions.joined(separator: ", ")
  let here = Thresholds.versionsHere.joined(separator: ", ")
  return "The accepted instructions were counted with \(there); this machine has \(here)"
}()
