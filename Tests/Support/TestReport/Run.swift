import Foundation

/// The result of a test run, from its events (swift-testing, Documentation/ABI/JSON.md).
struct Run {
  private struct Record: Decodable {
    struct Payload: Decodable {
      struct Message: Decodable { let symbol: String, text: String }
      struct Location: Decodable { let fileID: String, line: Int }
      struct Issue: Decodable {
        let isKnown: Bool
        let sourceLocation: Location?
      }
      struct Case: Decodable { let displayName: String? }

      let kind: String
      // Of a test:
      let id: String?
      let name: String?
      let displayName: String?
      // Of an event:
      let messages: [Message]?
      let issue: Issue?
      let testID: String?
      let _testCase: Case?
    }

    let kind: String
    let payload: Payload
  }

  private struct Failure {
    let test: String
    let lines: [String]
  }

  private var names: [String: String] = [:]
  private var running: Set<String> = []
  private var seconds: [String: Double] = [:]
  private var passed = 0
  private var failures: [String: Failure] = [:]
  private var skipped: [String: Int] = [:]
  private var knownIssues: [String] = []
  private var isOver = true

  var hasFailed: Bool { !failures.isEmpty || !isOver || passed == 0 }

  mutating func read(events lines: [Substring]) {
    let decoder = JSONDecoder()
    isOver = false
    for line in lines {
      // The last line of a run that crashed may be incomplete.
      guard let record = try? decoder.decode(Record.self, from: Data(line.utf8)) else { continue }
      if record.kind == "test" { add(record.payload) } else { handle(record.payload) }
    }
  }

  /// Reads lines of a suite and the seconds of one of its cases, separated by a tab.
  mutating func read(times lines: [Substring]) {
    for line in lines {
      let fields = line.split(separator: "\t")
      guard fields.count == 2, let time = Double(fields[1]) else { continue }
      seconds[String(fields[0]), default: 0] += time
    }
  }

  private mutating func add(_ test: Record.Payload) {
    guard let id = test.id else { return }
    names[id] = test.displayName ?? test.name
  }

  private mutating func handle(_ event: Record.Payload) {
    let test = event.testID ?? ""
    switch event.kind {
    case "testStarted":
      running.insert(test)
    case "testEnded":
      running.remove(test)
      // The id of a suite has no slash.
      if test.contains("/"), failures[test] == nil { passed += 1 }
    case "testSkipped":
      skipped[event.messages?.first?.text ?? test, default: 0] += 1
    case "issueRecorded":
      let location = event.issue?.sourceLocation.map { "\($0.fileID):\($0.line): " } ?? ""
      let texts = (event.messages ?? []).map(\.text)
      guard event.issue?.isKnown != true else {
        knownIssues += texts.suffix(1)
        return
      }
      let arguments = event._testCase?.displayName.map { " [\($0)]" } ?? ""
      let line = "  \(location)\(texts.joined(separator: "\n    "))\(arguments)"
      failures[test] = Failure(test: title(test), lines: (failures[test]?.lines ?? []) + [line])
    case "runEnded":
      isOver = true
    default: return
    }
  }

  /// Returns the suite of a test's id, such as `GatewayTests.StopTests/…`.
  private func suite(of test: String) -> String { String(test.prefix { $0 != "/" }) }

  private func title(_ test: String) -> String {
    "\(suite(of: test)): \(names[test] ?? test)"
  }

  /// The report for a person: times, skipped tests, known issues, and the failures last.
  var report: String {
    var lines = seconds.isEmpty ? [] : ["The slowest suites, with the total seconds of their cases:"]
    for (suite, time) in seconds.sorted(by: { $0.value > $1.value }).prefix(20) {
      let figure = String(format: "%7.1f", time)
      lines.append("\(figure)  \(suite)")
    }
    for (reason, count) in skipped.sorted(by: { $0.key < $1.key }) {
      lines.append(count == 1 ? reason : "\(reason) (\(count) times)")
    }
    lines += knownIssues.sorted()
    let skips = skipped.values.reduce(0, +)
    lines.append("\(passed) passed, \(failures.count) failed, \(skips) skipped")
    for failure in failures.values.sorted(by: { $0.test < $1.test }) {
      lines += ["FAILED \(failure.test)"] + failure.lines
    }
    if !isOver {
      let names = running.filter { $0.contains("/") }.map(title).sorted()
      lines.append("FAILED The run did not finish. These tests were still running:")
      lines += names.prefix(20).map { "  \($0)" }
    }
    return lines.joined(separator: "\n")
  }
}
