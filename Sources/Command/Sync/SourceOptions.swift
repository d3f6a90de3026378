import ArgumentParser
import ClerkSync
import Foundation

/// The options that say where Clerk's users come from.
struct SourceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Take the users from this file, - for standard input, and not from Clerk.",
      discussion: """
        A JSON array of Clerk's user objects, or an object {"data": […]}, which are read whole; or one user object a \
        line, which takes no more memory for more users.
        """,
      valueName: "file"))
  var file: String?

  @Option(help: ArgumentHelp("Where Clerk's Backend API is.", valueName: "url"))
  var apiUrl = "https://api.clerk.com"

  func validate() throws {
    guard let url = URLComponents(string: apiUrl), let host = url.host, !host.isEmpty, url.user == nil,
      url.query == nil, url.fragment == nil,
      url.scheme == "https" || (url.scheme == "http" && ["127.0.0.1", "localhost", "[::1]"].contains(host))
    else {
      throw ValidationError("--api-url must be https://HOST, or http:// for a server on this machine")
    }
  }

  /// All users, from the file or from the API; the latter, too, where it is the source.
  func users(_ settings: SettingsOptions, roles: Roles) throws -> (any UserSource, api: ClerkAPI?) {
    if let file { return (try FileUsers(file, roles: roles), nil) }
    let api = try api(settings, roles: roles)
    return (APIUsers(api: api, after: nil), api)
  }

  /// The API, with the key that the settings name.
  func api(_ settings: SettingsOptions, roles: Roles) throws -> ClerkAPI {
    let base = apiUrl.hasSuffix("/") ? String(apiUrl.dropLast()) : apiUrl
    return ClerkAPI(client: APIClient(base: base, key: try SecretKey(settings.variables())), roles: roles)
  }
}
