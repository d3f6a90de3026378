import ArgumentParser
import ClerkSync
import Foundation
import Settings
import Svix

/// `clerk-sync verify`
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Verify the signature of a delivery, and diagnose failures.",
    discussion: """
      The headers file contains one header per line, either `svix-id: msg_…`, as printed by curl -v, or the CGI \
      variable HTTP_SVIX_ID=msg_…. Other headers are ignored.

      The exit status is 0 if the handler would accept the delivery now, and 1 if not.
      """)

  @Option(help: ArgumentHelp("File with the received headers; - is standard input.", valueName: "file"))
  var headers: String

  @Option(
    help: ArgumentHelp(
      "File with the raw body as received, byte for byte; - is standard input.", valueName: "file"))
  var body: String

  @Flag(help: "Search for the cause of a failure, and suggest a remedy.")
  var explain = false

  @Option(
    help: ArgumentHelp(
      "With --explain, also try the secrets in this file, such as old ones; - is standard input.",
      valueName: "file"))
  var secretFile: String?

  @OptionGroup var source: SettingsSource

  func validate() throws {
    if headers == "-", body == "-" {
      throw ValidationError("expected standard input for only one of --headers and --body")
    }
    if secretFile != nil, !explain { throw ValidationError("expected --explain with --secret-file") }
  }

  func run() throws {
    let (secrets, tolerance) = (try source.secrets(), try source.configuration().tolerance)
    let text = try InputFile.bytes(at: headers, expected: "a file with one header per line")
    let received = ReceivedHeaders(String(decoding: text, as: UTF8.self))
    let body = try InputFile.bytes(at: body, expected: "the file with the raw body")
    let now = WallClock.system.now() / 1000

    let reason: String?
    do throws(VerificationError) {
      _ = try Verifier(secrets: secrets, tolerance: tolerance)
        .verify(MessageHeaders(received.values), body: body, now: now)
      reason = nil
    } catch {
      reason = error.reason
    }
    print(reason.map { "\(Colour.red("invalid")): \($0)" } ?? Colour.green("valid"))
    if explain {
      let known = KnownSecret.configured(secrets) + (try others())
      let diagnosis = Diagnosis(
        headers: received, body: body, secrets: known, tolerance: tolerance, now: now)
      for line in try diagnosis.lines() {
        print(line.wrapped(indentation: "  ", first: "- "))
      }
    }
    if reason != nil { throw ExitCode(.attention) }
  }

  private func others() throws -> [KnownSecret] {
    guard let secretFile else { return [] }
    let expected = "a file with signing secrets (whsec_ and base64)"
    let bytes = try InputFile.bytes(at: secretFile, expected: expected)
    do {
      return KnownSecret.other(try Secret.list(String(decoding: bytes, as: UTF8.self)), file: secretFile)
    } catch {
      let advice = error == .quoted ? " without quotation marks" : ""
      throw CommandFailure(
        "\(secretFile.singleLine) cannot be decoded: expected \(expected)\(advice)", status: .usage)
    }
  }
}
