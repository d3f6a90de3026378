extension SignedDelivery {
  /// Posts it to the webhook of the server at `url`, and tells whether it was answered with 200.
  ///
  /// - Parameter address: an IPv4 address of this machine to send from; by default the one that the route has.
  public func isAccepted(by url: String, from address: String? = nil) throws -> Bool {
    let head = """
      POST /api/webhooks HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.count)\r\n\
      Connection: close\r\nsvix-id: \(id)\r\nsvix-timestamp: \(timestamp)\r\n\
      svix-signature: \(signature)\r\n\r\n
      """
    let connection = try TCPConnection(url, from: address)
    connection.send((Array(head.utf8) + body)[...])
    return connection.receive().hasPrefix("HTTP/1.1 200 ")
  }
}
