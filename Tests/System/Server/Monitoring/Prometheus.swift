import Foundation
import TestSupport

/// A real Prometheus with the files of conf/prometheus, which scrapes the handler behind a web server every second.
final class Prometheus {
  /// One series of a query's result.
  struct Sample: Decodable {
    private struct Point: Decodable {
      let text: String

      init(from decoder: any Decoder) throws {
        var values = try decoder.unkeyedContainer()
        _ = try values.decode(Double.self)
        text = try values.decode(String.self)
      }
    }

    let metric: [String: String]
    private let value: Point

    var number: Double { Double(value.text) ?? .nan }
  }

  private struct Result: Decodable {
    struct Content: Decodable { let result: [Sample] }
    let data: Content
  }

  private let url: String
  private let port: LoopbackPort
  private let process: ChildProcess

  init(asking server: any WebServer, token: String, in folder: TemporaryFolder) throws {
    port = try LoopbackPort()
    url = port.url
    let file = try Self.configuration(asking: server.url, token: token, in: folder)
    process = try ChildProcess(
      "/usr/bin/prometheus",
      [
        "--config.file=\(file)", "--storage.tsdb.path=\(folder.file("prometheus"))",
        "--web.listen-address=\(url.dropFirst("http://".count))",
      ], folder: folder.path, output: folder.file("prometheus.log"))
    guard eventually({ !process.isRunning || process.log.contains("ready to receive web requests") }),
      process.isRunning
    else { throw ServerNotStarted(log: process.log) }
  }

  deinit {
    process.send(SIGTERM)
    _ = process.exitStatus()
  }

  /// Returns the current value of each expression.
  func values(of expressions: [String]) throws -> [[Sample]] {
    let requests = try expressions.map { expression in
      guard var components = URLComponents(string: "\(url)/api/v1/query") else { throw URLError(.badURL) }
      components.queryItems = [URLQueryItem(name: "query", value: expression)]
      // A plus sign in a query means a space.
      let address = (components.string ?? "").replacing("+", with: "%2B")
      return Sender.Request(url: address, method: "GET", body: Data(), secret: nil)
    }
    return try Sender.send(requests).map {
      guard $0.status == 200 else { throw ServerNotStarted(log: $0.body) }
      return try JSONDecoder().decode(Result.self, from: Data($0.body.utf8)).data.result
    }
  }

  /// Writes conf/prometheus/prometheus.yml with the paths and address of the test, and returns its path.
  static func configuration(asking url: String, token: String, in folder: TemporaryFolder) throws -> String {
    let file = try ConfigurationFile("prometheus/prometheus.yml").replacing([
      ("_interval: 30s", "_interval: 1s"), ("scheme: https", "scheme: http"),
      ("/etc/prometheus/clerk-sync.rules.yml", Project.file("conf/prometheus/clerk-sync.rules.yml")),
      ("/etc/prometheus/clerk-sync.token", try folder.write("\(token)\n", to: "token")),
      ("[app.example.org]", "[\(url.dropFirst("http://".count))]"),
    ])
    return try folder.write(file.text, to: "prometheus.yml")
  }

  /// Runs promtool, and returns its exit status and output.
  static func tool(
    _ arguments: String..., input: FileHandle = .nullDevice
  ) throws -> (status: Int32?, output: String) {
    let folder = try TemporaryFolder()
    let process = try ChildProcess(
      "/usr/bin/promtool", arguments, standardInput: input, output: folder.file("output"))
    return (process.exitStatus(), process.log)
  }
}
