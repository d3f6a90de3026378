import Svix

/// The example message of Svix's documentation. Each test changes one part of it.
struct Message {
  static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
  static let good = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
  /// A signature of the same content, made with another secret.
  static let bad = "v1,bm9ldHUjKzFob2VudXRob2VodWUzMjRvdWVvdW9ldQo="

  var id = "msg_p5jXN8AQM9LWM0D4loKWxJek"
  var timestamp = "1614265330"
  var signature = Message.good
  var body = Array(#"{"test": 2432232314}"#.utf8)
  var secrets = [Message.secret]
  var now: Int64 = 1_614_265_330
  var tolerance = Verifier.standardTolerance

  func verify() throws -> VerifiedMessage {
    let headers = MessageHeaders(id: id, timestamp: timestamp, signature: signature)
    let verifier = Verifier(secrets: try secrets.map { try Secret($0) }, tolerance: tolerance)
    return try verifier.verify(headers, body: body, now: now)
  }

  /// Returns the message in its current state, signed with its first secret.
  func signed() throws -> Message {
    var copy = self
    let key = try Secret(secrets[0])
    copy.signature = "\(try Signature(of: body, id: id, timestamp: timestamp, secret: key))"
    return copy
  }
}
