import Foundation
import TestSupport

/// The official Svix library, in Python.
enum Official {
  struct Failed: Error {
    let log: String
  }

  /// Returns the headers of a signature of the file, made now.
  static func headers(of body: String, in folder: TemporaryFolder) throws -> String {
    let python = try start("sign", body, in: folder)
    guard python.exitStatus() == 0 else { throw Failed(log: python.log) }
    return python.log
  }

  static func accepts(_ headers: String, body: String, in folder: TemporaryFolder) throws -> Bool {
    let input = try folder.write(headers, to: "official.headers")
    let python = try start(
      "verify", body, input: FileHandle(forReadingFrom: URL(filePath: input)), in: folder)
    guard let status = python.exitStatus() else { throw Failed(log: python.log) }
    // Python exits with the same status after any exception.
    guard status == 0 || python.log.contains("WebhookVerificationError") else {
      throw Failed(log: python.log)
    }
    return status == 0
  }

  private static func start(
    _ action: String, _ body: String, input: FileHandle = .nullDevice, in folder: TemporaryFolder
  ) throws -> ChildProcess {
    try ChildProcess(
      Project.file(".build/venv/bin/python"),
      [Project.file("Tests/System/Command/Webhook/official.py"), action, SignedDelivery.secret, body],
      standardInput: input, output: folder.file("official.log"))
  }
}
