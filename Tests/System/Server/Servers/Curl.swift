import Foundation
import TestSupport

/// Sends deliveries with curl, for the protocols that the other clients do not support.
struct Curl {
  /// Posts the delivery with an option such as `--http2`. The certificate is not checked.
  ///
  /// - Returns: the HTTP version and the status, such as `2 200`.
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
