import Foundation
import TestSupport

/// Sends a delivery by curl, for what the other clients do not speak.
struct Curl {
  /// Posts it to the URL, whose certificate is not checked, with an option such as `--http2`.
  ///
  /// - Returns: the version of HTTP that was spoken and the status, such as `2 200`.
  static func post(_ delivery: SignedDelivery, to url: String, _ option: String) throws -> String {
    let folder = try TemporaryFolder()
    try Data(delivery.body).write(to: URL(filePath: folder.file("body")))
    let headers = [
      "svix-id: \(delivery.id)", "svix-timestamp: \(delivery.timestamp)",
      "svix-signature: \(delivery.signature)",
    ]
    let curl = try ChildProcess(
      "/usr/bin/curl",
      ["-sk", "-o", "/dev/null", "-w", "%{http_version} %{response_code}", "--data-binary", "@body", url]
        + headers.flatMap { ["-H", $0] } + [option],
      folder: folder.path, output: folder.file("answer"))
    _ = curl.exitStatus()
    return curl.log
  }
}
