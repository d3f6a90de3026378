/// The mapping of each schema in Tests/Support/Schemas, in JSON5.
enum SuggestCases {
  static let all: [(name: String, mapping: String)] = [
    (
      "drizzle",
      """
      { user: {
        table: "users", key: { clerk_id: "id" },
        columns: {
          email: "email", name: "name", role: { from: "public_metadata.role", else: "user" }, updated_at: { now: "ms" },
        },
        insert: { created_at: { from: "created_at", as: "ms" } },
        withoutEmail: "refuse", onDelete: "delete",
      } }
      """
    ),
    (
      "prisma",
      """
      { user: {
        table: "User", key: { clerkId: "id" },
        columns: {
          email: "email", name: "name", imageUrl: "image_url", role: { from: "public_metadata.role", else: "USER" },
          updatedAt: { now: "iso" },
        },
        insert: { id: { from: "id" }, createdAt: { from: "created_at", as: "iso" } },
        withoutEmail: "refuse", onDelete: "delete",
      } }
      """
    ),
    (
      "one-name",
      """
      { user: {
        table: "users", key: { id: "id" },
        columns: {
          email: "email", name: { from: "name", else: "" }, avatar: "image_url", updated_at: { now: "ms" },
        },
        insert: { created_at: { from: "created_at", as: "ms" } },
        withoutEmail: "null", onDelete: "delete",
      } }
      """
    ),
    (
      "soft-deletion",
      """
      { user: {
        table: "users", key: { clerk_id: "id" },
        columns: { email: "email", first_name: "first_name", last_name: "last_name", updated_at: { now: "iso" } },
        insert: { created_at: { from: "created_at", as: "iso" } },
        withoutEmail: "null",
        onDelete: { set: { deleted_at: { now: "iso" }, email: { value: null } } },
      } }
      """
    ),
    (
      "organizations",
      """
      {
        user: {
          table: "users", key: { clerk_id: "id" }, columns: { email: "email", name: "name" }, withoutEmail: "null",
          onDelete: "delete",
        },
        organization: {
          table: "organizations", key: { clerk_id: "id" },
          columns: { name: { from: "name", else: "" }, slug: "slug", image_url: "image_url" }, onDelete: "delete",
        },
        organizationMembership: {
          table: "memberships", key: { clerk_id: "id" },
          columns: {
            organization_id: { lookup: { table: "organizations", where: { clerk_id: "organization.id" }, take: "id" } },
            user_id: { lookup: { table: "users", where: { clerk_id: "public_user_data.user_id" }, take: "id" } },
            role: "role",
          },
          onDelete: "delete",
        },
      }
      """
    ),
    (
      "laravel",
      """
      { user: {
        table: "users", key: { clerk_id: "id" },
        columns: { name: { from: "name", else: "" }, email: "email", updated_at: { now: "iso" } },
        insert: { password: { value: "" }, created_at: { from: "created_at", as: "iso" } },
        withoutEmail: "refuse", onDelete: "delete",
      } }
      """
    ),
    (
      "rails",
      """
      { user: {
        table: "users", key: { clerk_id: "id" },
        columns: { email: "email", first_name: "first_name", last_name: "last_name", updated_at: { now: "iso" } },
        insert: { created_at: { from: "created_at", as: "iso" } },
        withoutEmail: "refuse", onDelete: "delete",
      } }
      """
    ),
    (
      "required-username",
      """
      { user: {
        table: "users", key: { id: "id" },
        columns: {
          email: "email", firstName: "first_name", lastName: "last_name", phone: "phone",
          role: { from: "public_metadata.role", else: "client" }, username: { from: "username", else: "" },
          updatedAt: { now: "ms" },
        },
        insert: { createdAt: { from: "created_at", as: "ms" } },
        withoutEmail: "refuse", onDelete: "delete",
      } }
      """
    ),
    (
      "checked-role",
      """
      { user: {
        table: "users", key: { id: "id" },
        columns: {
          email: "email", firstName: "first_name", lastName: "last_name", phone: "phone",
          role: { from: "public_metadata.role", oneOf: ["USER", "ADMIN"], else: "USER" }, updatedAt: { now: "ms" },
        },
        insert: { createdAt: { from: "created_at", as: "ms" } },
        withoutEmail: "refuse", onDelete: "delete",
      } }
      """
    ),
    (
      "text-times",
      """
      { user: {
        table: "users", key: { id: "id" },
        columns: {
          email: "email", firstName: "first_name", lastName: "last_name", phone: "phone",
          role: { from: "public_metadata.role", else: "client" }, updatedAt: { now: "datetime" },
        },
        insert: { createdAt: { from: "created_at", as: "datetime" } },
        withoutEmail: "refuse", onDelete: "delete",
      } }
      """
    ),
  ]
}
