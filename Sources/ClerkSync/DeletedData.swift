/// What Clerk's webhooks say of a deleted object (clerk.com/docs/webhooks, "Payload structure").
struct DeletedData: Decodable {
  let id: String?
}
