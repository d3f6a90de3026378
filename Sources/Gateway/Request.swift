/// One whole request: every parameter and every byte of the body have arrived.
public struct Request: Sendable {
  public let parameters: Parameters
  public let body: [UInt8]

  public init(parameters: Parameters, body: [UInt8] = []) {
    self.parameters = parameters
    self.body = body
  }
}
