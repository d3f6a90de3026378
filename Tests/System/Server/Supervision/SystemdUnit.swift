import Foundation
import TestSupport

/// A unit file of conf/systemd.
struct SystemdUnit {
  let name: String
  private let text: String

  init(_ name: String) throws {
    self.name = name
    text = try String(contentsOfFile: Project.file("conf/systemd/\(name)"), encoding: .utf8)
  }

  /// Returns the values of a setting, in order.
  func values(of setting: String) -> [String] {
    text.split(separator: "\n").filter { $0.hasPrefix("\(setting)=") }.map {
      String($0.dropFirst(setting.count + 1))
    }
  }

  /// Writes the unit to the folder with the path of the program under test, and returns its path.
  func install(in folder: TemporaryFolder) throws -> String {
    let changed = text.replacingOccurrences(
      of: "ExecStart=/usr/local/bin/clerk-sync.fcgi", with: "ExecStart=\(Handler.executable)"
    ).replacingOccurrences(
      of: "ExecStart=/usr/local/bin/clerk-sync ", with: "ExecStart=\(Command.executable) ")
    return try folder.write(changed, to: name)
  }

  /// Returns the system calls allowed by SystemCallFilter=.
  func systemCalls() throws -> Set<String> {
    try values(of: "SystemCallFilter").reduce(into: []) { calls, value in
      let isDenied = value.hasPrefix("~")
      for word in value.drop(while: { $0 == "~" }).split(separator: " ") {
        let members = try Self.expand(String(word))
        calls = isDenied ? calls.subtracting(members) : calls.union(members)
      }
    }
  }

  private static func expand(_ name: String) throws -> Set<String> {
    guard name.hasPrefix("@") else { return [name] }
    let (status, output) = try analyze("syscall-filter", name)
    guard status == 0 else { throw CocoaError(.featureUnsupported) }
    let lines = output.split(separator: "\n").dropFirst().map { $0.trimmingCharacters(in: .whitespaces) }
    return try lines.filter { !$0.isEmpty && !$0.hasPrefix("#") }.reduce(into: []) {
      try $0.formUnion(expand($1))
    }
  }

  /// Runs systemd-analyze(1), which does not need a running systemd. Returns its exit status and output.
  static func analyze(_ arguments: String...) throws -> (status: Int32?, output: String) {
    let folder = try TemporaryFolder()
    let process = try ChildProcess(
      "/usr/bin/systemd-analyze", ["--no-pager"] + arguments, output: folder.file("output"))
    return (process.exitStatus(), process.log)
  }
}
