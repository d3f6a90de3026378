public import Gateway
public import Settings

/// The settings of one request, evaluated once.
public struct RequestSettings: Sendable {
  private let result: Result<Configuration, ConfigurationError>
  /// The body size limit of the request, in bytes.
  public let bodyLimit: Int
  /// The paths of the webhook beside `/api/webhooks`; empty if a setting cannot be used.
  let webhookPaths: [String]

  init(_ configuration: Configuration, overriddenBy parameters: Parameters) {
    do throws(ConfigurationError) {
      let configuration = try configuration.overridden(by: parameters)
      result = .success(configuration)
      (bodyLimit, webhookPaths) = (configuration.maxBody, configuration.webhookPaths)
    } catch {
      // The error is reported when the request is answered. Its body must be read first, so a limit is
      // needed.
      result = .failure(error)
      bodyLimit = (try? configuration.maxBody(overriddenBy: { parameters[$0] })) ?? configuration.maxBody
      webhookPaths = []
    }
  }

  /// The form of log lines.
  public var log: LogFormat { (try? result.get())?.log ?? .text }

  func configuration() throws(RequestFailure) -> Configuration {
    switch result {
    case .success(let configuration): return configuration
    case .failure(let error): throw .configuration(error)
    }
  }
}

extension Configuration {
  /// Reads the variables of a process's environment.
  public init(environment parameters: Parameters) throws(ConfigurationError) {
    self = try Configuration().overridden(by: parameters)
  }

  /// Returns this configuration with the variables that the web server passes in place of the process's own.
  ///
  /// A request header cannot set a variable, because it arrives as `HTTP_…` (RFC 3875, section 4.1.18).
  func overridden(by parameters: Parameters) throws(ConfigurationError) -> Configuration {
    // Most requests set no variable, which one check shows.
    guard parameters.contains(prefix: "CLERK_") else { return self }
    return try overridden(by: { parameters[$0] })
  }
}
