import Foundation
import FoundationNetworking

/// Leaves redirects alone, so that they are answers like any other: Svix does not follow one with a webhook, and a secret
/// key must not follow one to another server.
final class RedirectRefusal: NSObject, URLSessionTaskDelegate {
  func urlSession(
    _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
    newRequest request: URLRequest, completionHandler: @escaping (URLRequest?) -> Void
  ) {
    completionHandler(nil)
  }
}
