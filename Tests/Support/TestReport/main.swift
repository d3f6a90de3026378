import Foundation

// Prints the result of a test run: the slowest suites, the skipped tests with reasons, the number of passed
// tests, and last the failed tests.
//
// Usage: TestReport TIMES EVENTS…
//
// EVENTS are files written by `swift test --event-stream-output-path`. TIMES is the file of
// CLERK_SYNC_TEST_TIMES.

var run = Run()
let files = CommandLine.arguments.dropFirst()
for file in files.dropFirst() { run.read(events: contents(of: file)) }
if let times = files.first { run.read(times: contents(of: times)) }
print(run.report)
exit(run.hasFailed ? 1 : 0)

func contents(of file: String) -> [Substring] {
  ((try? String(contentsOfFile: file, encoding: .utf8)) ?? "").split(separator: "\n")
}
