CREATE TABLE users (
  id TEXT PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  firstName TEXT,
  lastName TEXT,
  password TEXT,
  phone TEXT,
  role TEXT NOT NULL DEFAULT 'client',
  username TEXT NOT NULL,
  createdAt INTEGER NOT NULL,
  updatedAt INTEGER NOT NULL
);
