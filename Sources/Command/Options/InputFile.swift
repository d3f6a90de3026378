import Foundation

/// A file named on the command line; `-` is standard input.
enum InputFile {
  /// Returns the bytes of the file. `content` describes the expected content in the error message.
  static func bytes(at path: String, expected content: String) throws -> [UInt8] {
    if path == "-" { return Array(try FileHandle.standardInput.readToEnd() ?? Data()) }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CommandFailure(
        "\(path.singleLine) cannot be read: expected \(content), or - for standard input", status: .usage)
    }
    return Array(data)
  }
}
