import Gateway

extension Response {
  /// An answer with a JSON object, which no cache may keep.
  static func json(
    _ status: Status, _ object: JSONObject, headers: [(name: String, value: String)] = []
  ) -> Response {
    var response = Response(status: status, headers: headers, body: Array("\(object.text)\n".utf8))
    response.headers.append(("Content-Type", "application/json"))
    response.headers.append(("Cache-Control", "no-store"))
    return response
  }
}
