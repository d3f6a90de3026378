CREATE TABLE users (
  id TEXT PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  firstName TEXT,
  lastName TEXT,
  password TEXT,
  phone TEXT,
  role TEXT NOT NULL DEFAULT 'USER' CHECK (role IN ('USER','ADMIN')),
  createdAt INTEGER NOT NULL,
  updatedAt INTEGER NOT NULL
);
