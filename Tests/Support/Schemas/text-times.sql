CREATE TABLE users (
  id TEXT PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  firstName TEXT,
  lastName TEXT,
  password TEXT,
  phone TEXT,
  role TEXT NOT NULL DEFAULT 'client',
  createdAt TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updatedAt TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO users VALUES('user_old','old@example.org','O','L','',NULL,'client','2024-05-01 10:00:00','2024-05-01 10:00:00');
