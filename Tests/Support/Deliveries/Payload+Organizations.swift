/// Events of organizations, memberships and invitations (clerk.com/docs/webhooks).
extension Payload {
  /// Returns an event about an object. `timestamp` is in milliseconds since 1970.
  public static func event(_ type: String, data: String, timestamp: Int) -> String {
    #"{"data":\#(data),"object":"event","timestamp":\#(timestamp),"type":"\#(type)"}"#
  }

  /// Returns an organization, as its own events and those of its memberships contain it.
  public static func organization(
    id: String, name: String = "Acme", slug: String? = nil, updatedAt: Int = 1_654_012_591_835
  ) -> String {
    """
    {"id":"\(id)","name":"\(name)","slug":\(slug.map { "\"\($0)\"" } ?? "null"),"image_url":"https://img.clerk.com/x",\
    "created_by":"user_0","public_metadata":{},"private_metadata":{"secret":1},"created_at":1654012591514,\
    "updated_at":\(updatedAt),"object":"organization"}
    """
  }

  public static func organizationDeleted(id: String, timestamp: Int = 1_661_861_640_000) -> String {
    event(
      "organization.deleted", data: #"{"deleted":true,"id":"\#(id)","object":"organization"}"#,
      timestamp: timestamp)
  }

  /// Returns a membership. `organization` is the organization in it, as JSON.
  public static func membership(
    id: String, organization: String, user: String, role: String = "org:member",
    updatedAt: Int = 1_654_012_591_835
  ) -> String {
    """
    {"id":"\(id)","organization":\(organization),"public_user_data":{"user_id":"\(user)","first_name":"Ada",\
    "identifier":"\(user)@example.org"},"role":"\(role)","public_metadata":{},"created_at":1654012591514,\
    "updated_at":\(updatedAt),"object":"organization_membership"}
    """
  }

  /// Returns an invitation.
  public static func invitation(
    id: String, organization: String, status: String = "pending", updatedAt: Int = 1_654_012_591_835
  ) -> String {
    """
    {"id":"\(id)","organization_id":"\(organization)","email_address":"new@example.org","role":"org:member",\
    "status":"\(status)","url":"https://accounts.example.org/secret-ticket","public_metadata":{},\
    "created_at":1654012591514,"updated_at":\(updatedAt),"object":"organization_invitation"}
    """
  }
}
