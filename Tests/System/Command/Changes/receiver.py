"""Receives signed changes, and verifies each with the official libraries, svix and standardwebhooks.

Usage: receiver.py PORT SECRET LOG ANSWER...

Each ANSWER is for one request: an HTTP status; `hang`, to stay silent; `drip`, to never end an answer; or `close`, to
close the connection without one. All further requests are answered with 204. LOG gets a JSON object for each request.
"""

import http.server
import json
import sys
import time

import standardwebhooks
import svix

port, secret, log = int(sys.argv[1]), sys.argv[2], sys.argv[3]
answers = sys.argv[4:]


def is_valid(webhook, body, headers):
    try:
        webhook.verify(body, headers)
        return True
    except (svix.WebhookVerificationError, standardwebhooks.webhooks.WebhookVerificationError):
        return False


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = answers.pop(0) if answers else "204"
        entry = {
            "path": self.path,
            "body": body,
            "id": headers.get("webhook-id"),
            "timestamp": headers.get("webhook-timestamp"),
            "type": headers.get("content-type"),
            "svix": is_valid(svix.Webhook(secret), body, headers),
            "standardwebhooks": is_valid(standardwebhooks.Webhook(secret), body, headers),
        }
        with open(log, "a") as stream:
            stream.write(json.dumps(entry) + "\n")
        if answer == "hang":
            time.sleep(600)
        elif answer == "drip":
            self.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
            while True:
                self.wfile.write(b".")
                time.sleep(0.1)
        elif answer == "close":
            self.close_connection = True
        else:
            self.send_response(int(answer))
            if answer.startswith("3"):
                self.send_header("location", "/redirected")
            if answer != "204":
                self.send_header("content-length", "17")
            self.end_headers()
            if answer != "204":
                self.wfile.write(b"ada@example.org \n")

    def log_message(self, *arguments):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", port), Receiver).serve_forever()
