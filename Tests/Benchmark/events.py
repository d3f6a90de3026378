"""The users and the signed events of the benchmark, and the check that a table reflects them.

A user is a number; everything about one follows from it, so that SQL can fill a table with the same users
and the check needs no list of them. Every user is created, later updated once, and later deleted. The
pointers of the three run along the same queue at different speeds, so a user's events lie at least
thousands of events apart: a server without an order of versions applies them in their order, too.
"""

import base64
import hmac
import json
import os
import random
import sqlite3
import time

KEY = b"benchmark-signing-key-32-bytes!!"
SECRET = "whsec_" + base64.b64encode(KEY).decode()
# 70 % created, 25 % updated, 5 % deleted.
KINDS, WEIGHTS = ("created", "updated", "deleted"), (70, 25, 5)
ROLES = ("client", "trainer", "admin")

USERS_TABLE = """
CREATE TABLE users (id TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE, firstName TEXT NOT NULL, lastName TEXT NOT NULL,
  password TEXT, phone TEXT, role TEXT NOT NULL DEFAULT 'client', createdAt INTEGER NOT NULL, updatedAt INTEGER NOT NULL)
"""

# The same users as `user` below makes. The ids and addresses are scattered over their indexes, the worst
# case for a large table; a ledger's message ids grow with time, as Svix's do.
NUMBERS = """
WITH RECURSIVE numbers (n, h) AS (SELECT 0, printf('%08x', 0) UNION ALL
  SELECT n + 1, printf('%08x', (n + 1) * 2654435761 % 4294967296) FROM numbers WHERE n + 1 < :count)
"""
FILL = [
    f"""INSERT INTO users {NUMBERS} SELECT printf('user_%s%019d', h, n), h || '.' || n || '@example.org', 'First' || n,
      'Last' || n, '', NULL, CASE n % 3 WHEN 0 THEN 'client' WHEN 1 THEN 'trainer' ELSE 'admin' END,
      1700000000000, 1700000000000 FROM numbers""",
]
FILL_SYNC = [
    f"""INSERT INTO clerk_sync_versions (object_id, version, rank, deleted)
      {NUMBERS} SELECT printf('user_%s%019d', h, n), 1700000000000, 0, NULL FROM numbers""",
    # Seen within the last 80 days, so that nothing of it is old enough to be purged.
    f"""INSERT INTO clerk_sync_deliveries
        (svix_id, type, object_id, outcome, error, attempts, first_seen, last_seen)
      {NUMBERS} SELECT printf('msg_1%026d', n), 'user.created', printf('user_%s%019d', h, n), 'applied', NULL, 1,
        :now - (:count - n) * 6912000000 / :count, :now FROM numbers""",
    *(f"""INSERT INTO clerk_sync_counts SELECT first_seen / {period}, type, outcome, count(*) FROM clerk_sync_deliveries
      GROUP BY 1, 2, 3""" for period in (3600000, 2**63 - 1)),
    "REPLACE INTO clerk_sync_counts SELECT -1, '', '', max(rowid) FROM clerk_sync_deliveries",
]


def user(number, revision):
    """id, email, firstName, lastName and role of a user as created (1) or as updated (2)."""
    scattered = f"{number * 2654435761 % 2**32:08x}"
    # One update in ten changes the address.
    new = ".new" if revision == 2 and number % 10 == 0 else ""
    names = (f"First{number}", f"Last{number}") if revision == 1 else (f"Other{number}", f"Last{number}")
    return (f"user_{scattered}{number:019d}", f"{scattered}.{number}{new}@example.org", *names, ROLES[(number + revision - 1) % 3])


def template(kind):
    """An event as Clerk's dashboard shows them, compact, with %()s where users differ."""
    def address(id, email):
        return {
            "created_at": 1730000000000, "email_address": email, "id": id, "linked_to": [], "object": "email_address",
            "matches_sso_connection": False, "reserved": False, "updated_at": 1730000000000,
            "verification": {"attempts": None, "expire_at": None, "status": "verified", "strategy": "ticket"},
        }

    data = {"deleted": True, "id": "%(id)s", "object": "user"}
    if kind != "deleted":
        data = {
            "backup_code_enabled": False, "banned": False, "birthday": "", "create_organization_enabled": True,
            "created_at": 1730000000000, "delete_self_enabled": True,
            # The primary address is not the first.
            "email_addresses": [address("idn_other%(id)s", "other%(email)s"), address("idn_%(id)s", "%(email)s")],
            "external_accounts": [], "external_id": None, "first_name": "%(first)s", "gender": "", "has_image": False,
            "id": "%(id)s", "image_url": "https://img.clerk.com/eyJ0eXBlIjoiZGVmYXVsdCIsImlpZCI6Imluc18", "last_name": "%(last)s",
            "last_sign_in_at": 1730000000000, "locked": False, "object": "user", "passkeys": [], "password_enabled": True,
            "phone_numbers": [], "primary_email_address_id": "idn_%(id)s", "primary_phone_number_id": None,
            "primary_web3_wallet_id": None, "private_metadata": {}, "profile_image_url": "https://www.gravatar.com/avatar?d=mp",
            "public_metadata": {"role": "%(role)s"}, "saml_accounts": [], "totp_enabled": False, "two_factor_enabled": False,
            "unsafe_metadata": {"note": "%(note)s"}, "updated_at": "%(time)s", "username": None,
            "verification_attempts_remaining": 100, "web3_wallets": [],
        }
    agent = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Safari/537.36"
    event = {
        "data": data, "event_attributes": {"http_request": {"client_ip": "203.0.113.7", "user_agent": agent}},
        "instance_id": "ins_2fZ0bXyUqR7nWkTgVhLmPdCs", "object": "event", "timestamp": "%(time)s", "type": f"user.{kind}",
    }
    return json.dumps(event, separators=(",", ":")).replace('"%(time)s"', "%(time)s")


TEMPLATES = {kind: template(kind) for kind in KINDS}


class Stream:
    """Some events over a table of `existing` users: an endless stream that `seed` determines.

    `prefix` distinguishes the message ids of one stream from those of every other.
    """

    def __init__(self, existing, seed, prefix):
        self.existing, self.prefix = existing, prefix
        self.random = random.Random(seed)
        self.taken = []  # (kind, number) of each event, in order
        # Deletions begin with the oldest user, updates half way, creations after the last.
        self.next = {"created": existing, "updated": existing // 2, "deleted": 0}

    def body(self):
        kind = self.random.choices(KINDS, WEIGHTS)[0]
        number = self.next[kind]
        self.next[kind] += 1
        self.taken.append((kind, number))
        id, email, first, last, role = user(number, 2 if kind == "updated" else 1)
        note = "n" * (number * 37 % 500)
        return (TEMPLATES[kind] % {
            "id": id, "email": email, "first": first, "last": last, "role": role, "note": note,
            "time": 1730000000000 + len(self.taken)}).encode()

    def signed(self, key=KEY):
        """The headers and the body of the next event, signed now."""
        body = self.body()
        id = f"msg_2{self.prefix}{len(self.taken):018d}"
        timestamp = str(int(time.time()))
        signature = hmac.digest(key, f"{id}.{timestamp}.".encode() + body, "sha256")
        return {
            "svix-id": id, "svix-timestamp": timestamp, "svix-signature": "v1," + base64.b64encode(signature).decode(),
        }, body

    def write(self, file, path, count, key=KEY, signed=True):
        """Writes `count` HTTP requests to `path`, each after its length in eight digits, as wrk.lua reads them."""
        with open(file, "wb") as out:
            for _ in range(count):
                headers, body = self.signed(key)
                lines = [f"POST {path} HTTP/1.1", "Host: benchmark", "Content-Type: application/json",
                         "User-Agent: Svix-Webhooks/1.62.0", f"Content-Length: {len(body)}"]
                if signed:
                    lines += [f"{name}: {value}" for name, value in headers.items()]
                request = ("\r\n".join(lines) + "\r\n\r\n").encode() + body
                out.write(b"%08d" % len(request) + request)
            # The disk has other things to do once the load begins.
            out.flush()
            os.fsync(out.fileno())

    def differences(self, database, count):
        """How many users of the table are not as the first `count` events leave them."""
        revisions = dict.fromkeys(range(self.existing), 1)
        for kind, number in self.taken[:count]:
            if kind == "deleted":
                del revisions[number]
            else:
                revisions[number] = 1 if kind == "created" else 2
        wrong = 0
        connection = sqlite3.connect(database)
        for row in connection.execute("SELECT id, email, firstName, lastName, role FROM users"):
            revision = revisions.pop(int(row[0][-19:]), None)
            wrong += revision is None or row != user(int(row[0][-19:]), revision)
        connection.close()
        return wrong + len(revisions)


def create(database, users, journal, prepare=None):
    """Makes a database with that many users; `prepare` lets a program add the tables it keeps beside them."""
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute(f"PRAGMA journal_mode = {journal}")
    connection.execute(USERS_TABLE)
    connection.close()
    if prepare:
        prepare()
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    # In kibibytes: the indexes of a large table are filled in no order.
    connection.execute("PRAGMA cache_size = -1000000")
    connection.execute("BEGIN")
    for sql in FILL + (FILL_SYNC if prepare else []):
        connection.execute(sql, {"count": users, "now": int(time.time() * 1000)})
    connection.execute("COMMIT")
    # The last connection to close moves the WAL into the file, which can then be copied alone.
    connection.close()
    if os.path.exists(database + "-wal"):
        raise SystemExit(f"{database} is still in use by another program.")
