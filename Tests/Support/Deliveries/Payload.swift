import Foundation

/// Bodies of Clerk's events.
public enum Payload {
  /// Returns an example as documented by Clerk, byte for byte.
  public static func example(_ name: String) throws -> [UInt8] {
    let url = Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Payloads")
    guard let url else { throw CocoaError(.fileNoSuchFile) }
    return Array(try Data(contentsOf: url))
  }

  /// Returns a `user.created` or `user.updated` event.
  public static func user(
    _ type: String = "user.created", id: String, email: String? = nil, firstName: String = "Ada",
    lastName: String = "Lovelace", role: String? = nil, updatedAt: Int = 1_654_012_591_835
  ) -> String {
    let metadata = role.map { #"{"role":"\#($0)"}"# } ?? "{}"
    return """
      {"data":{"id":"\(id)","email_addresses":[{"id":"idn_0","email_address":"other@example.org"},\
      {"id":"idn_1","email_address":"\(email ?? "\(id)@example.org")"}],"primary_email_address_id":"idn_1",\
      "first_name":"\(firstName)","last_name":"\(lastName)","public_metadata":\(metadata),\
      "updated_at":\(updatedAt),"object":"user"},"object":"event","timestamp":\(updatedAt),"type":"\(type)"}
      """
  }

  public static func deleted(id: String, timestamp: Int = 1_661_861_640_000) -> String {
    """
    {"data":{"deleted":true,"id":"\(id)","object":"user"},"object":"event","timestamp":\(timestamp),\
    "type":"user.deleted"}
    """
  }
}
