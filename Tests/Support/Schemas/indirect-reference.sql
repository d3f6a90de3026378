CREATE TABLE users (id TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE, firstName TEXT NOT NULL, lastName TEXT NOT NULL, password TEXT, phone TEXT, role TEXT NOT NULL DEFAULT 'client', createdAt INTEGER NOT NULL, updatedAt INTEGER NOT NULL);
CREATE TABLE orders (id INTEGER PRIMARY KEY, userId TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE);
CREATE TABLE payments (id INTEGER PRIMARY KEY, orderId INT NOT NULL REFERENCES orders(id));
INSERT INTO users VALUES('user_fk','fk@example.org','a','b','',NULL,'client',1,1);
INSERT INTO orders VALUES(1,'user_fk');
INSERT INTO payments VALUES(1,1);
