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
    .enabled(if: isWriting || accepted?.versions == Thresholds.versionsHere, differentVersions),
    arguments: Measure.allCases)
  func `A request takes at most 5 % more instructions than accepted`(measure: Measure) throws {
    let count = try measure.count()
    if isWriting { return try Thresholds.write(count, of: measure) }
    let limit = try #require(
      accepted?.instructions[measure.rawValue], "\(measure.rawValue) has no count yet: run make instructions")
    let percent = Double(count - limit) / Double(limit) * 100
    let change =
      "\(measure.rawValue): \(count) instructions instead of \(limit), \(String(format: "%+.1f", percent)) %."
    if percent > 5 {
      Issue.record("\(change) If the new count is right, accept it with make instructions, and commit the file.")
    } else if percent < -5 {
      // Reported, but not a failure.
      withKnownIssue { Issue.record("\(change) Keep the gain: run make instructions, and commit the file.") }
    } else {
      print(change)
    }
  }
}

/// `make instructions` writes the counts instead of comparing them.
private let isWriting = ProcessInfo.processInfo.environment["CLERK_SYNC_TEST_INSTRUCTIONS"] == "write"
private let isReleased = ProcessInfo.processInfo.environment["CLERK_SYNC_HANDLER"] != nil
private let accepted = try? Thresholds.read()

private var differentVersions: Comment {
  let versions = accepted?.versions.joined(separator: ", ") ?? "no file"
  return """
    Instructions were counted with \(versions). This machine has \(Thresholds.versionsHere.joined(separator: ", ")).
    """
}
