import ClerkSync
import TestSupport

extension FailingRequest {
  static let databases = [
    FailingRequest("not a database", 500, "database_error", reason: "file is not a database") {
      let application = try TestApplication()
      let text = String(repeating: "not a database ", count: 100)
      try application.database.folder.write(text, to: "app.db")
      return try application.respond(Payload.user(id: "user_1"))
    },
    FailingRequest("no folder to be made", 500, "database_error", reason: "cannot create the folder") {
      let application = try TestApplication()
      let file = try application.database.folder.write("", to: "file")
      return try application.respond(
        TestApplication.delivery(Payload.user(id: "user_1")), [("CLERK_SYNC_DATABASE", "\(file)/sub/app.db")])
    },
    FailingRequest(
      "table of another form", 500, "database_error", reason: "users has no column email, firstName"
    ) {
      let application = try TestApplication()
      try application.database.execute("CREATE TABLE users (id TEXT PRIMARY KEY)")
      return try application.respond(Payload.user(id: "user_1"))
    },
    FailingRequest(
      "address of another user", 500, "database_error", reason: "the e-mail address belongs to user_1"
    ) {
      let application = try TestApplication()
      try application.database.store.create(.ada("user_1", email: "ada@example.org"))
      return try application.respond(Payload.user(id: "user_2", email: "ada@example.org"))
    },
    FailingRequest(
      "deletion forbidden by a reference", 500, "database_error", reason: "FOREIGN KEY constraint failed"
    ) {
      let application = try TestApplication()
      try application.database.store.create(.ada())
      try application.database.execute(
        "CREATE TABLE posts (author REFERENCES users (id))", "INSERT INTO posts VALUES ('user_1')")
      return try application.respond(Payload.deleted(id: "user_1"))
    },
    FailingRequest("refused by a trigger", 500, "database_error", reason: "a trigger refused the change") {
      let application = try TestApplication()
      try application.database.store.prepare()
      try application.database.execute(
        """
        CREATE TRIGGER refusing BEFORE INSERT ON users BEGIN SELECT RAISE(ABORT, 'Lovelace is owner-only'); END
        """)
      return try application.respond(Payload.user(id: "user_1"))
    },
    FailingRequest("unhealthy", 503, "unavailable", reason: "the table must be users(id, email,") {
      let application = try TestApplication()
      try application.database.execute("CREATE TABLE users (id TEXT PRIMARY KEY)")
      return try application.respond([("REQUEST_METHOD", "GET"), ("SCRIPT_NAME", "/api/health")])
    },
  ]

  static let settings = [
    FailingRequest(
      "no secret", 400, "missing_secret",
      reason: "set CLERK_WEBHOOK_SIGNING_SECRET, or CLERK_WEBHOOK_SIGNING_SECRET_FILE"
    ) {
      try TestApplication([]).respond(Payload.user(id: "user_1"))
    },
    FailingRequest("empty secret", 400, "missing_secret", reason: "set CLERK_WEBHOOK_SIGNING_SECRET") {
      try TestApplication([("CLERK_WEBHOOK_SIGNING_SECRET", "")]).respond(Payload.user(id: "user_1"))
    },
    FailingRequest(
      "secret that does not decode", 500, "configuration_error",
      reason: "CLERK_WEBHOOK_SECRET does not decode"
    ) {
      try TestApplication().respond(
        TestApplication.delivery(Payload.user(id: "user_1")), [("CLERK_WEBHOOK_SECRET", "whsec_*c2VjcmV0")])
    },
    FailingRequest(
      "secret in quotation marks", 500, "configuration_error",
      reason: "CLERK_WEBHOOK_SECRET has quotation marks around or in the secret"
    ) {
      try TestApplication().respond(
        TestApplication.delivery(Payload.user(id: "user_1")), [("CLERK_WEBHOOK_SECRET", #""whsec_c2VjcmV0""#)]
      )
    },
    FailingRequest(
      "path that may be the webhook's, but for the setting", 500, "configuration_error",
      reason: "CLERK_SYNC_PATH cannot be used: expected paths that begin with a slash"
    ) {
      try TestApplication().respond([
        ("REQUEST_METHOD", "POST"), ("SCRIPT_NAME", "/hooks/clerk"), ("CLERK_SYNC_PATH", "hooks/clerk"),
      ])
    },
    FailingRequest(
      "setting that does not parse", 500, "configuration_error",
      reason: "CLERK_SYNC_TIMESTAMPS cannot be used: expected ms or s"
    ) {
      try TestApplication().respond(
        TestApplication.delivery(Payload.user(id: "user_1")), [("CLERK_SYNC_TIMESTAMPS", "hours")])
    },
  ]
}
