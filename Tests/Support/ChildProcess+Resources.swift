import Foundation

/// What the kernel tells of a process (proc(5)).
extension ChildProcess {
  public var threads: Int { get throws { try entries(in: "task").count } }
  public var descriptors: Int { get throws { try entries(in: "fd").count } }

  /// The connections a FastCGI process holds, each counted once however many descriptors it has.
  public var connections: Int {
    get throws {
      let links = try entries(in: "fd").compactMap {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(id)/fd/\($0)")
      }
      // Of its sockets one listens.
      return Set(links.filter { $0.hasPrefix("socket:") }).count - 1
    }
  }

  /// Whether it has the file at `path` open.
  public func hasOpen(_ path: String) -> Bool {
    let links = try? entries(in: "fd").compactMap {
      try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(id)/fd/\($0)")
    }
    return links?.contains(path) == true
  }

  /// Whether a signal has stopped it, and none has continued it.
  public var isStopped: Bool {
    get throws { try state.first == "T" }
  }

  /// Waits until it holds no connection; returns how many descriptors that leaves.
  public func idleDescriptors() throws -> Int? {
    try eventually { try connections == 0 } ? try descriptors : nil
  }

  /// Resident memory of its own, in bytes.
  public var memory: Int {
    get throws {
      let status = try String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)
      let line = status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
      return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
    }
  }

  /// Processor time it has used, in seconds.
  public var processorTime: Double {
    get throws {
      // User and system time are the 14th and 15th field.
      try state[11...12].compactMap { Double($0) }.reduce(0, +) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
  }

  /// The fields of its stat from the third one on, the state. The second field, the name in brackets, may hold anything.
  private var state: [Substring] {
    get throws {
      let stat = try String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)
      return stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].dropFirst(2).split(separator: " ")
    }
  }

  private func entries(in name: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/\(id)/\(name)")
  }
}
