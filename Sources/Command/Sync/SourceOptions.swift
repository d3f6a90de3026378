import ArgumentParser
import ClerkSync
import Foundation

/// The options that select the source of Clerk's users.
struct SourceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Read the users from this file instead of the API; - is standard input.",
      discussion: """
        The file contains one user object per line, a JSON array of user objects, an object {"data": […]}, or the CSV \
        export of Clerk's dashboard. JSON may have the member names of Clerk's API, or those of its JavaScript SDK \
        (firstName). Lines and CSV are processed in constant memory; the other two forms are read into memory whole. \
        Users from CSV have no updated_at, and change no row that has been synchronized. What the export lacks, such as \
        metadata with a role, remains in an existing row.
        """,
      valueName: "file"))
  var file: String?

  @Option(help: ArgumentHelp("Base URL of Clerk's Backend API.", valueName: "url"))
  var apiUrl = "https://api.clerk.com"

  func validate() throws {
    guard let url = URLComponents(string: apiUrl), let host = url.host, !host.isEmpty, url.user == nil,
      url.query == nil, url.fragment == nil,
      url.scheme == "https" || (url.scheme == "http" && ["127.0.0.1", "localhost", "[::1]"].contains(host))
    else {
      throw ValidationError("--api-url: expected https://HOST, or http:// with a server on this machine")
    }
  }

  /// Returns the source of all users, and the API if it is the source.
  func users(_ settings: SettingsOptions, mapping: Mapping) throws -> (any UserSource, api: ClerkAPI?) {
    if let file { return (try FileUsers(file, mapping: mapping), nil) }
    let api = try api(settings, mapping: mapping)
    return (APIUsers(api: api, after: nil), api)
  }

  /// Returns the API with the configured secret key.
  func api(_ settings: SettingsOptions, mapping: Mapping) throws -> ClerkAPI {
    let base = apiUrl.hasSuffix("/") ? String(apiUrl.dropLast()) : apiUrl
    return ClerkAPI(client: APIClient(base: base, key: try SecretKey(settings.variables())), mapping: mapping)
  }
}
