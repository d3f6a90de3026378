create table "users" ("id" integer primary key autoincrement not null, "name" varchar not null, "email" varchar not null, "email_verified_at" datetime, "password" varchar not null, "remember_token" varchar, "created_at" datetime, "updated_at" datetime, "clerk_id" varchar);
create unique index "users_email_unique" on "users" ("email");
create unique index "users_clerk_id_unique" on "users" ("clerk_id");
