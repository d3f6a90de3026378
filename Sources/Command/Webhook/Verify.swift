import ArgumentParser
import ClerkSync
import Foundation
import Svix

/// `clerk-sync verify`
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say whether the handler would accept a delivery, and why not.",
    discussion: """
      The headers are written one a line, `svix-id: msg_…` as curl -v and logs have them or HTTP_SVIX_ID=msg_… as CGI \
      has; others are passed over. Exit status 0 when the delivery is valid now, 1 when it is not.
      """)

  @Option(help: ArgumentHelp("The headers received; - is standard input.", valueName: "file"))
  var headers: String

  @Option(help: ArgumentHelp("The raw body received, byte for byte; - is standard input.", valueName: "file"))
  var body: String

  @Flag(help: "Try what may have gone wrong, and say what to do.")
  var explain = false

  @Option(help: ArgumentHelp("Further secrets to try, such as an old one.", valueName: "file"))
  var secretFile: String?

  @OptionGroup var source: SettingsSource

  func validate() throws {
    if headers == "-", body == "-" {
      throw ValidationError("expected standard input for one of --headers and --body, not for both")
    }
    if secretFile != nil, !explain { throw ValidationError("expected --explain with --secret-file") }
  }

  func run() throws {
    let secrets = try source.secrets()
    let text = try InputFile.bytes(at: headers, expected: "a file with a header a line")
    let received = ReceivedHeaders(String(decoding: text, as: UTF8.self))
    let body = try InputFile.bytes(at: body, expected: "the file with the raw body")
    let now = WallClock.system.now() / 1000

    let reason: String?
    do throws(VerificationError) {
      _ = try Verifier(secrets: secrets).verify(MessageHeaders(received.values), body: body, now: now)
      reason = nil
    } catch {
      reason = error.reason
    }
    print(reason.map { "\(Colour.red("invalid")): \($0)" } ?? Colour.green("valid"))
    if explain {
      let known = KnownSecret.configured(secrets) + (try others())
      for line in try Diagnosis(headers: received, body: body, secrets: known, now: now).lines() {
        print(line.wrapped(indentation: "  ", first: "- "))
      }
    }
    if reason != nil { throw ExitCode(ExitStatus.attention.rawValue) }
  }

  private func others() throws -> [KnownSecret] {
    guard let secretFile else { return [] }
    let expected = "a file with signing secrets, whsec_ and base64"
    let bytes = try InputFile.bytes(at: secretFile, expected: expected)
    guard let secrets = try? Secret.list(String(decoding: bytes, as: UTF8.self)) else {
      throw CommandFailure("\(secretFile.singleLine) does not decode: expected \(expected)", status: .usage)
    }
    return KnownSecret.other(secrets, file: secretFile)
  }
}
