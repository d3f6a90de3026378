import Foundation

/// A file of `NAME=value` lines, as systemd.exec(5) describes EnvironmentFile= and a shell can read it.
enum EnvironmentFile {
  static func variables(in path: String) throws -> [String: String] {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw CommandFailure(
        "\(path) cannot be read: expected a file of NAME=value lines", status: .configuration)
    }
    var variables: [String: String] = [:]
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let line = line.trimmingCharacters(in: .whitespaces)
      if line.isEmpty || line.hasPrefix("#") || line.hasPrefix(";") { continue }
      guard let equals = line.firstIndex(of: "="), equals != line.startIndex else {
        throw CommandFailure("\(path), line \(number + 1): expected NAME=value", status: .configuration)
      }
      variables[String(line[..<equals])] = unquoted(line[line.index(after: equals)...])
    }
    return variables
  }

  private static func unquoted(_ value: Substring) -> String {
    guard value.count >= 2, let quote = value.first, "\"'".contains(quote), value.last == quote else {
      return String(value)
    }
    return String(value.dropFirst().dropLast())
  }
}
