import Foundation

/// The columns of a user export from Clerk's dashboard (clerk.com/docs/guides/development/migrating/export-from-clerk).
///
/// The export also has password digests and TOTP secrets. Only the columns named here are read.
struct DashboardExport {
  private let columns: [String]

  /// Returns nil if there is no column `id`.
  init?(header: CSVRecord) {
    columns = header.fields
    if !columns.contains("id") { return nil }
  }

  /// The paths of a mapping that the columns determine. The export has no metadata, times or images, and the ids of its
  /// addresses and numbers are made up.
  var paths: Set<String> {
    var paths = Set(columns).intersection(["id", "first_name", "last_name", "username"])
    let computed = [
      "email": ["primary_email_address"],
      "email_verified": ["primary_email_address", "unverified_email_addresses"],
      "phone": ["primary_phone_number"],
      "name": ["first_name", "last_name"],
    ]
    for (path, needed) in computed where needed.allSatisfy(columns.contains) { paths.insert(path) }
    return paths
  }

  /// Returns the user of a record as a JSON object of Clerk's API, without `updated_at`, which the export lacks. Returns
  /// nil if the record does not have one field for each column.
  func user(_ record: CSVRecord) -> [UInt8]? {
    guard record.fields.count == columns.count else { return nil }
    let fields = Dictionary(zip(columns, record.fields), uniquingKeysWith: { first, _ in first })
      .filter { !$0.value.isEmpty }
    let emailAddresses = Self.identifiers(
      fields["primary_email_address"], verified: fields["verified_email_addresses"],
      unverified: fields["unverified_email_addresses"])
    let phoneNumbers = Self.identifiers(
      fields["primary_phone_number"], verified: fields["verified_phone_numbers"],
      unverified: fields["unverified_phone_numbers"])
    let user = User(
      id: fields["id"], firstName: fields["first_name"], lastName: fields["last_name"],
      username: fields["username"],
      primaryEmailAddressId: fields["primary_email_address"],
      emailAddresses: emailAddresses.map { .init(id: $0, emailAddress: $0, verification: $1) },
      primaryPhoneNumberId: fields["primary_phone_number"],
      phoneNumbers: phoneNumbers.map { .init(id: $0, phoneNumber: $0, verification: $1) })
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return (try? encoder.encode(user)).map(Array.init)
  }

  /// Returns each address or number once, the primary one first. Clerk lists an unverified primary one as unverified.
  private static func identifiers(
    _ primary: String?, verified: String?, unverified: String?
  ) -> [(String, Verification)] {
    // Clerk's own importer accepts a comma or a vertical bar between the values.
    func list(_ field: String?) -> [String] {
      field?.split { $0 == "," || $0 == "|" || $0.isWhitespace }.map(String.init) ?? []
    }
    let unverified = list(unverified)
    var seen: Set<String> = []
    return ([primary].compactMap(\.self) + list(verified) + unverified)
      .filter { seen.insert($0).inserted }
      .map { ($0, Verification(status: unverified.contains($0) ? "unverified" : "verified")) }
  }

  /// A user object of Clerk's API. The export has no ids of addresses and numbers, so their values serve as ids.
  private struct User: Encodable {
    let id, firstName, lastName, username, primaryEmailAddressId: String?
    let emailAddresses: [EmailAddress]
    let primaryPhoneNumberId: String?
    let phoneNumbers: [PhoneNumber]
  }

  private struct EmailAddress: Encodable {
    let id, emailAddress: String
    let verification: Verification
  }

  private struct PhoneNumber: Encodable {
    let id, phoneNumber: String
    let verification: Verification
  }

  private struct Verification: Encodable {
    let status: String
  }
}
