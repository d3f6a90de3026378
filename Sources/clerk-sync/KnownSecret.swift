import Svix

/// A secret that may have signed a delivery, and how to speak of it.
struct KnownSecret {
  let secret: Secret
  /// What it means that this one has signed, where that is worth a line.
  let note: String?

  /// The configured ones, the one to sign with first.
  static func configured(_ secrets: [Secret]) -> [KnownSecret] {
    secrets.enumerated().map { index, secret in
      let note =
        "signed with secret \(index + 1) of the \(secrets.count) configured, an old one: keep it until Clerk no longer "
        + "signs with it, 24 hours after a rotation"
      return KnownSecret(secret: secret, note: index == 0 ? nil : note)
    }
  }

  /// Those of a file that the handler does not know.
  static func other(_ secrets: [Secret], file: String) -> [KnownSecret] {
    secrets.map {
      KnownSecret(
        secret: $0,
        note: "wrong secret: signed with one of \(file.singleLine), which is not configured: "
          + "add it to CLERK_WEBHOOK_SIGNING_SECRET")
    }
  }
}
