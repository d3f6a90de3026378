import Foundation

/// strace(1), which records system calls and can make them fail.
public enum Strace {
  public static let isUsable: Bool = {
    guard let folder = try? TemporaryFolder() else { return false }
    let tracer = try? ChildProcess("/usr/bin/strace", ["/bin/true"], output: folder.file("trace"))
    return tracer?.exitStatus() == 0
  }()

  /// One system call, with the trace lines on which it begins and returns.
  public struct Call {
    public let thread: Substring
    public let text: Substring
    public let begin: Int
    public let end: Int
  }

  /// Returns the calls of a trace written with `-f`, in the order in which they return.
  public static func calls(in trace: String) throws -> [Call] {
    let lines = try String(contentsOfFile: trace, encoding: .utf8).split(separator: "\n")
    var begun: [Substring: (text: Substring, line: Int)] = [:]
    var calls: [Call] = []
    for (number, line) in lines.enumerated() {
      guard let space = line.firstIndex(of: " ") else { continue }
      let (thread, text) = (line[..<space], line[space...].drop { $0 == " " })
      if text.hasSuffix("<unfinished ...>") {
        begun[thread] = (text, number)
      } else if text.hasPrefix("<... ") {
        guard let start = begun.removeValue(forKey: thread) else { continue }
        calls.append(Call(thread: thread, text: start.text, begin: start.line, end: number))
      } else {
        calls.append(Call(thread: thread, text: text, begin: number, end: number))
      }
    }
    return calls
  }
}
