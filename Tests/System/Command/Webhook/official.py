"""Signs and verifies with the official Svix library.

Usage: official.py sign SECRET BODY     prints the headers, one `name: value` per line
       official.py verify SECRET BODY   reads the headers from standard input, and fails if they are invalid
"""

import sys
from datetime import datetime, timezone

import svix

_, action, secret, file = sys.argv
webhook = svix.Webhook(secret)
with open(file, "rb") as stream:
    body = stream.read().decode()
if action == "sign":
    now = datetime.now(timezone.utc)
    print("svix-id: msg_official")
    print(f"svix-timestamp: {int(now.timestamp())}")
    print(f"svix-signature: {webhook.sign('msg_official', now, body)}")
else:
    webhook.verify(body, dict(line.rstrip("\n").split(": ", 1) for line in sys.stdin))
