import Gateway
import Glibc

/// Answers with the request's body, once the file named by the parameter WORK_UNTIL exists.
struct Echo: RequestHandler {
  func settings(for parameters: Parameters) {}

  func bodyLimit(_ settings: Void) -> Int { 1_048_576 }

  func respond(to request: Request, _ settings: Void) -> Response {
    Self.log("working")
    if let file = request.parameters["WORK_UNTIL"] {
      while unsafe access(file, F_OK) != 0 { usleep(5_000) }
    }
    return Response(status: .ok, body: request.body)
  }

  func respond(to error: RequestError, parameters: Parameters) -> Response {
    Response(status: .badRequest, body: Array("\(error)".utf8))
  }

  func connectionFailed(_ error: ConnectionError) {
    Self.log("\(error)")
  }

  func reload() {
    Self.log("reload")
  }

  static func log(_ line: String) {
    var line = line + "\n"
    line.withUTF8 { _ = unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
