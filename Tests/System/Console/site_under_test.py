"""The site under test: the web server and handler started by the Swift tests, as used by the scenarios."""

import base64
import http.client
import json
import os
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.parse
from datetime import datetime, timezone

import svix


def event(type, user, email=None, first_name="Ada", last_name="Lovelace", role=None, updated_at=None):
    """Returns a Clerk event. Without an address, the user has signed up by phone."""
    data = {"id": user, "object": "user"}
    if type != "user.deleted":
        data |= {
            "first_name": first_name,
            "last_name": last_name,
            "email_addresses": [{"id": "idn_1", "email_address": email}] if email else [],
            "primary_email_address_id": "idn_1" if email else None,
            "public_metadata": {"role": role} if role else {},
            "updated_at": updated_at or int(time.time() * 1000),
        }
    return {"type": type, "object": "event", "data": data}


def organization_event(operation, id, name=None, slug=None):
    data = {"id": id, "object": "organization"}
    if operation != "deleted":
        data |= {"name": name, "slug": slug, "updated_at": int(time.time() * 1000)}
    return {"type": f"organization.{operation}", "object": "event", "data": data}


def membership_event(operation, organization, user, role):
    data = {
        "id": f"orgmem_{organization}_{user}",
        "role": role,
        "organization": {"id": organization},
        "public_user_data": {"user_id": user},
        "updated_at": int(time.time() * 1000),
    }
    return {"type": f"organizationMembership.{operation}", "object": "event", "data": data}


class SiteUnderTest:
    """The site's `url`, `token`, `secret` and `database`; the handler's program (`handler`), process id (`process`),
    `socket` and `environment`; and the socket of its queue (`redis`), if it has one."""

    def __init__(self, url, token, secret, database, handler, process, socket, redis, environment, screenshots):
        self.url, self.token, self.secret, self.database = url, token, secret, database
        self.handler, self.process, self.socket, self.environment = handler, process, socket, environment
        self.redis_socket = redis
        self.screenshots = screenshots
        self.started = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.started:
            self.started.terminate()
            self.started.wait(120)

    def deliver(self, event, id=None, status=200):
        """Sends the event as Svix does, and returns its message id."""
        id = id or "msg_" + base64.b32encode(os.urandom(15)).decode()
        body = json.dumps(event, ensure_ascii=False)
        now = datetime.now(timezone.utc)
        url = urllib.parse.urlsplit(self.url)
        connection = http.client.HTTPConnection(url.hostname, url.port, timeout=120)
        headers = {
            "content-type": "application/json",
            "svix-id": id,
            "svix-timestamp": str(int(now.timestamp())),
            "svix-signature": svix.Webhook(self.secret).sign(id, now, body),
        }
        connection.request("POST", "/api/webhooks", body.encode(), headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        assert answer.status == status, f"{answer.status} {text}"
        return id

    def redis(self, *words):
        subprocess.run(["redis-cli", "-s", self.redis_socket, *words], check=True, stdout=subprocess.DEVNULL)

    def sql(self, statement, rows=None):
        """Runs a statement on the database, once for each of the given rows, and returns the selected rows."""
        database = sqlite3.connect(self.database, timeout=120)
        try:
            with database:
                if rows is not None:
                    return database.executemany(statement, rows).fetchall()
                return database.execute(statement).fetchall()
        finally:
            database.close()

    def reconcile(self):
        """Has the command record a comparison with Clerk that fails, because this server is not Clerk's API."""
        command = os.path.join(os.path.dirname(self.handler), "clerk-sync")
        arguments = ["reconcile", "--database", self.database, "--api-url", self.url]
        subprocess.run([command, *arguments], env={"CLERK_SECRET_KEY": "sk_test_none"}, stderr=subprocess.DEVNULL)

    def stop_handler(self):
        os.kill(self.process, signal.SIGTERM)
        # The handler is a child of another process, and becomes a zombie when it ends. Its threads may end later, and
        # spawn-fcgi refuses a socket on which one of them still listens.
        while self.is_running() or self.is_listening():
            time.sleep(0.02)

    def is_running(self):
        try:
            with open(f"/proc/{self.process}/stat") as file:
                return file.read().rpartition(")")[2].split()[0] != "Z"
        except FileNotFoundError:
            return False

    def is_listening(self):
        with socket.socket(socket.AF_UNIX) as client:
            return client.connect_ex(self.socket) == 0

    def start_handler(self):
        self.started = subprocess.Popen(
            ["/usr/bin/spawn-fcgi", "-n", "-s", self.socket, "-M", "0600", "--", self.handler],
            env=self.environment,
            cwd=os.path.dirname(self.socket),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
