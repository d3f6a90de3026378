import Foundation

/// The processes of this machine (proc(5)).
enum RunningProcesses {
  /// Those with the folder in their command line, or at work in it.
  static func using(_ folder: String) throws -> [Int32] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }.filter { id in
      let command = (try? String(contentsOfFile: "/proc/\(id)/cmdline", encoding: .utf8)) ?? ""
      let place = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(id)/cwd")
      return command.contains(folder) || place?.hasPrefix(folder) == true
    }
  }

  /// The files that a process has in its memory, its libraries among them.
  static func mappedFiles(of id: Int32) throws -> Set<String> {
    // A size of 0 makes Foundation's other ways to read a file stop after the first page.
    let maps = try FileHandle(forReadingFrom: URL(filePath: "/proc/\(id)/maps")).readToEnd() ?? Data()
    let lines = String(decoding: maps, as: UTF8.self).split(separator: "\n")
    return Set(lines.compactMap { line in line.firstIndex(of: "/").map { String(line[$0...]) } })
  }
}
