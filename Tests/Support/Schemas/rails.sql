CREATE TABLE "users" ("id" integer PRIMARY KEY AUTOINCREMENT NOT NULL, "clerk_id" varchar NOT NULL, "email" varchar NOT NULL, "first_name" varchar, "last_name" varchar, "role" integer DEFAULT 0 NOT NULL, "created_at" datetime(6) NOT NULL, "updated_at" datetime(6) NOT NULL);
CREATE UNIQUE INDEX "index_users_on_clerk_id" ON "users" ("clerk_id");
