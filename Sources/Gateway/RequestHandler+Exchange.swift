extension RequestHandler {
  /// One request from its parameters to its response: the body is read whole, or the request refused.
  ///
  /// `bodyRead` runs once the reading is over, however it ended.
  func exchange(
    _ parameters: Parameters, body source: inout some BodySource & ~Copyable, bodyRead: () -> Void = {}
  ) -> Response {
    let body: [UInt8]
    do {
      defer { bodyRead() }
      body = try source.readBody(BodyLength(of: parameters), limit: bodyLimit(for: parameters))
    } catch {
      return respond(to: error, parameters: parameters)
    }
    return respond(to: Request(parameters: parameters, body: body))
  }
}
