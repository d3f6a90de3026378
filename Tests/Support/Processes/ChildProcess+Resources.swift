import Foundation

/// Figures from the kernel about a process (proc(5)).
extension ChildProcess {
  public var threads: Int { get throws { try entries(in: "task").count } }
  public var descriptors: Int { get throws { try entries(in: "fd").count } }

  /// What the descriptors refer to.
  private var openFiles: [String] {
    get throws {
      try entries(in: "fd").compactMap {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(id)/fd/\($0)")
      }
    }
  }

  /// The connections of a FastCGI process, each counted once however many descriptors it has.
  public var connections: Int { get throws { try connections(in: openFiles) } }

  private func connections(in files: [String]) -> Int {
    // One of its sockets is the listener.
    Set(files.filter { $0.hasPrefix("socket:") }).count - 1
  }

  /// Returns whether the file at `path` is open.
  public func hasOpen(_ path: String) -> Bool { (try? openFiles.contains(path)) == true }

  /// Whether a signal has suspended it.
  public var isStopped: Bool {
    get throws { try state.first == "T" }
  }

  /// Waits until it has no connections. Returns what is open then.
  public func idleDescriptors() throws -> [String]? {
    // A connection may still be accepted later: both are read from one listing.
    var files: [String] = []
    return try eventually {
      files = try openFiles
      return connections(in: files) == 0
    } ? files.sorted() : nil
  }

  /// Resident anonymous memory, in bytes.
  public var memory: Int {
    get throws {
      let status = try String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)
      let line = status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
      return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
    }
  }

  /// Processor time used, in seconds.
  public var processorTime: Double {
    get throws {
      // User and system time are the 14th and 15th field.
      try state[11...12].compactMap { Double($0) }.reduce(0, +) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
  }

  /// The fields of /proc/pid/stat from the third one, the state. The second field, the name in brackets, may
  /// contain anything.
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
