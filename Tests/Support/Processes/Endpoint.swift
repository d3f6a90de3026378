/// The program under test, which answers requests however it was started.
public protocol Endpoint {
  /// Sends a complete request and waits for its answer. Returns nil when there is no complete answer.
  func answer(_ parameters: [(String, String)], body: [UInt8]) throws -> Answer?
}

extension Endpoint {
  public func answer(_ delivery: SignedDelivery) throws -> Answer? {
    try answer(delivery.parameters, body: delivery.body)
  }

  /// Returns whether it answers a health request, as it should after every test.
  public func isHealthy() throws -> Bool {
    let parameters = [
      ("REQUEST_METHOD", "GET"), ("SCRIPT_NAME", "/api/health"), ("GATEWAY_INTERFACE", "CGI/1.1"),
    ]
    return try answer(parameters, body: [])?.status == 200
  }
}

/// The two interfaces between a web server and the program.
public enum ServerInterface: CaseIterable, Sendable {
  case fastCGI
  case cgi

  public func start(
    in folder: TemporaryFolder, environment: [String: String] = [:]
  ) throws -> any Endpoint {
    switch self {
    case .fastCGI: try Handler(in: folder, environment: environment)
    case .cgi: try CGIProgram(in: folder, environment: environment).prepared()
    }
  }
}
