CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  clerk_id TEXT NOT NULL UNIQUE,
  email TEXT,
  name TEXT
);
CREATE TABLE organizations (
  id INTEGER PRIMARY KEY,
  clerk_id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  slug TEXT UNIQUE,
  image_url TEXT
);
CREATE TABLE memberships (
  id INTEGER PRIMARY KEY,
  clerk_id TEXT NOT NULL UNIQUE,
  organization_id INTEGER NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  role TEXT NOT NULL,
  UNIQUE (organization_id, user_id)
);
