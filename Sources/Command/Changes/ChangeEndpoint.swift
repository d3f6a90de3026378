import ClerkSync
import Foundation
import Svix

/// A URL to which each change is posted, signed as Standard Webhooks defines (standardwebhooks.com).
struct ChangeEndpoint: ChangeAction {
  private let url: URL
  private let secret: Secret
  private let timeout: Duration

  init(_ url: URL, secret: Secret, timeout: Duration) {
    (self.url, self.secret, self.timeout) = (url, secret, timeout)
  }

  var description: String { "post \(url.shown)" }

  func perform(_ change: RowChange) async -> String? {
    // The timeout of a session begins again with each byte of an answer. This one does not.
    await withTaskGroup(of: String?.self) { group in
      group.addTask { await post(change) }
      group.addTask {
        try? await Task.sleep(for: timeout)
        return "no complete answer within \(timeout.components.seconds) s"
      }
      defer { group.cancelAll() }
      return await group.next() ?? nil
    }
  }

  private func post(_ change: RowChange) async -> String? {
    do {
      let body = Array(try JSONLine.text(change).utf8)
      let headers = try SvixHeaders(signing: body, id: "chg_\(change.seq)", secret: secret, prefix: "webhook")
      let answer = try await HTTPExchange(
        "POST", url, headers: [("content-type", "application/json")] + headers.fields, body: body,
        timeout: timeout)
      return (200...299).contains(answer.status) ? nil : "HTTP status \(answer.status)"
    } catch {
      return "\(error)"
    }
  }
}
