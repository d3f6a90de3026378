/// What answers requests: the program under test, however it is started.
public protocol Endpoint {
  /// Sends one whole request and waits for its answer; nil when there is none, or not a whole one.
  func answer(_ parameters: [(String, String)], body: [UInt8]) throws -> Answer?
}

extension Endpoint {
  public func answer(_ delivery: SignedDelivery) throws -> Answer? {
    try answer(delivery.parameters, body: delivery.body)
  }

  /// Whether it answers a request for its health, as it should after whatever a test has done to it.
  public func isHealthy() throws -> Bool {
    let parameters = [
      ("REQUEST_METHOD", "GET"), ("SCRIPT_NAME", "/api/health"), ("GATEWAY_INTERFACE", "CGI/1.1"),
    ]
    return try answer(parameters, body: [])?.status == 200
  }
}

/// The two ways in which a web server talks to the program.
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
