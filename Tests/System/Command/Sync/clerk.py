"""Clerk's Backend API, as far as it lists users, on a port of the loopback that it prints.

Usage: clerk.py FILE
FILE is JSON and read anew with each request:
  count    how many users there are; they are made up by number, from the oldest on
  changes  by id: members that replace a user's own, or null for a user who has been deleted
  faults   by the number of a request for a page, from 1: 429, 429-date, 500 or 401 in place of an answer, cut for half
           of one, repeat for the last user of the page before once more, lose for one user less
  hold     the number of the first request for a page that waits until this changes
"""

import email.utils
import http.server
import json
import sys
import time
import urllib.parse

KEY = "sk_test_CommandTests"
pages = 0


def settings():
    with open(sys.argv[1]) as file:
        return {"count": 0, "changes": {}, "faults": {}, "hold": None} | json.load(file)


def user(number, changes):
    """The user of this number; several have been created within one millisecond."""
    name = f"user_{number:07}"
    made_up = {
        "id": name, "object": "user", "primary_email_address_id": f"idn_{number}",
        "email_addresses": [{"id": f"idn_{number}", "object": "email_address", "email_address": f"{name}@example.org"}],
        "first_name": "Ada", "last_name": f"L{number}", "public_metadata": {"role": ("admin", "trainer", "client")[number % 3]},
        "private_metadata": {}, "unsafe_metadata": {"note": "x" * 300}, "created_at": 1700000000000 + number // 4,
        "updated_at": 1700000000000 + number,
    }
    return None if name in changes and changes[name] is None else made_up | changes.get(name, {})


def page(query, now):
    """The users after the cursor, which may itself have been deleted meanwhile."""
    number = int(query["starting_after"][0].removeprefix("user_")) + 1 if "starting_after" in query else 0
    users = []
    while number < now["count"] and len(users) < int(query["limit"][0]):
        one = user(number, now["changes"])
        users += [one] if one else []
        number += 1
    return users


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def answer(self, status, value, headers={}, cut=False):
        body = json.dumps(value).encode()
        self.send_response(status)
        for name, text in ({"Content-Type": "application/json", "Content-Length": len(body)} | headers).items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        self.close_connection = self.close_connection or cut

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        now = settings()
        print(self.path, flush=True)
        if self.headers["Authorization"] != f"Bearer {KEY}":
            self.answer(401, {"errors": [{"code": "authentication_invalid"}]})
        elif url.path == "/v1/users/count":
            self.answer(200, {"object": "total_count", "total_count": now["count"]})
        elif url.path == "/v1/users":
            self.list(urllib.parse.parse_qs(url.query))
        else:
            number = url.path.removeprefix("/v1/users/user_")
            one = user(int(number), now["changes"]) if number.isdecimal() and int(number) < now["count"] else None
            self.answer(200 if one else 404, one or {"errors": [{"code": "resource_not_found"}]})

    def list(self, query):
        global pages
        pages += 1
        mine = pages
        while settings()["hold"] is not None and mine >= settings()["hold"]:
            time.sleep(0.01)
        now = settings()
        fault = now["faults"].get(str(mine))
        if query["order_by"] != ["+created_at"] or int(query["limit"][0]) > 500:
            self.answer(422, {"errors": [{"code": "form_param_invalid"}]})
        elif fault in ("429", "429-date"):
            date = email.utils.formatdate(time.time() + 2, usegmt=True)
            self.answer(429, {"errors": []}, {"Retry-After": "1" if fault == "429" else date})
        elif fault in ("500", "401"):
            self.answer(int(fault), {"errors": []})
        else:
            if fault == "repeat":
                query["starting_after"] = [f"user_{int(query['starting_after'][0].removeprefix('user_')) - 1:07}"]
            users = page(query, now)
            if fault == "lose":
                del users[0]
            self.answer(200, users, cut=fault == "cut")


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
# A program that was interrupted has hung up.
server.handle_error = lambda request, address: None
print(f"port {server.server_port}", flush=True)
server.serve_forever()
