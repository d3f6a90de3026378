import ArgumentParser
import ClerkSync
import Foundation
import Settings

/// The options that select the source of Clerk's objects.
struct SourceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Process only objects of this kind. (default: all kinds that have a table; with --file, users)",
      valueName: "entity"))
  var entity: Entity?

  @Option(
    help: ArgumentHelp(
      "Read the objects from this file instead of the API; - is standard input.",
      discussion: """
        The file contains one object per line, a JSON array of objects, an object {"data": […]}, or the CSV export of \
        users from Clerk's dashboard. JSON may have the member names of Clerk's API, or those of its JavaScript SDK \
        (firstName). Lines and CSV are processed in constant memory; the other two forms are read into memory whole. \
        Users from CSV have no updated_at, and change no row that has been synchronized. What the export lacks, such as \
        metadata with a role, remains in an existing row.
        """,
      valueName: "file"))
  var file: String?

  @OptionGroup var api: APIOptions

  /// Returns the kinds of objects to process, in the order in which one may refer to another. Throws if one has no table.
  func entities(_ configuration: Configuration) throws -> [Entity] {
    let mapped = file == nil ? configuration.mapping.tableNames.map(\.entity) : []
    let entities = entity.map { [$0] } ?? (mapped.isEmpty ? [.user] : mapped)
    for entity in entities { try configuration.requireTable(of: entity) }
    return entities
  }
}

/// The options for Clerk's Backend API.
struct APIOptions: ParsableArguments {
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

  /// Returns the API with the configured secret key.
  func api(_ settings: SettingsOptions, mapping: Mapping) throws -> ClerkAPI {
    let base = apiUrl.hasSuffix("/") ? String(apiUrl.dropLast()) : apiUrl
    return ClerkAPI(client: APIClient(base: base, key: try SecretKey(settings.variables())), mapping: mapping)
  }
}
