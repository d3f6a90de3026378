import Foundation

/// The running processes (proc(5)).
enum RunningProcesses {
  /// Returns the processes with the folder in their command line or as working directory.
  static func using(_ folder: String) throws -> [Int32] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }.filter { id in
      let command = (try? String(contentsOfFile: "/proc/\(id)/cmdline", encoding: .utf8)) ?? ""
      let place = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(id)/cwd")
      return command.contains(folder) || place?.hasPrefix(folder) == true
    }
  }

  /// Returns the files mapped by a process, including its libraries.
  static func mappedFiles(of id: Int32) throws -> Set<String> {
    // Foundation's other functions stop after the first page, because the file's size is 0.
    let maps = try FileHandle(forReadingFrom: URL(filePath: "/proc/\(id)/maps")).readToEnd() ?? Data()
    let lines = String(decoding: maps, as: UTF8.self).split(separator: "\n")
    return Set(lines.compactMap { line in line.firstIndex(of: "/").map { String(line[$0...]) } })
  }
}
