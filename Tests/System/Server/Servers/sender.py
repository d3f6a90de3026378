"""Posts deliveries like Clerk's webhooks: signed by an official library, and sent by a plain HTTP client.

Usage: sender.py
Each line of standard input is a JSON object: `requests`, a list, and `connections`, the number of connections to use.
For each line, one line is printed: the list of responses in the same order, each with its status, headers and body. A
request is signed when it is sent.
"""

import base64
import gzip
import http.client
import json
import sys
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import standardwebhooks
import svix

LIBRARIES = {"svix": svix.Webhook, "webhook": standardwebhooks.Webhook}


def headers(request, body):
    """Returns the headers of a signature by the family's library, overridden by the request's own headers."""
    signed = {"content-type": "application/json", "content-length": str(len(body))}
    if request["secret"] is not None:
        time = datetime.now(timezone.utc) + timedelta(seconds=request["age"] * -1)
        webhook = LIBRARIES[request["family"]](request["secret"])
        # Both libraries take the exact bytes as text.
        signature = webhook.sign(request["id"], time, body.decode())
        signed |= {
            f"{request['family']}-id": request["id"],
            f"{request['family']}-timestamp": str(int(time.timestamp())),
            f"{request['family']}-signature": signature,
        }
    signed |= request["headers"]
    return {name: value for name, value in signed.items() if value != "(none)"}


def change(way, body, headers):
    """Returns the body and the headers, changed after signing as in transit."""
    items = list(headers.items())
    match way:
        case "compressed":
            body = gzip.compress(body)
            headers |= {"content-encoding": "gzip", "content-length": str(len(body))}
            items = list(headers.items())
        case "chunked":
            items = [item for item in items if item[0] != "content-length"] + [("transfer-encoding", "chunked")]
            chunks = [body[start : start + 100] for start in range(0, len(body), 100)] + [b""]
            body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
        case "id sent twice":
            items.append(("svix-id", headers["svix-id"]))
    return body, items


def joined(items):
    """Returns the values by header name. Repeated headers are joined."""
    headers = {}
    for name, value in items:
        headers.setdefault(name.lower(), []).append(value)
    return {name: ", ".join(values) for name, values in headers.items()}


def send(request):
    url = urllib.parse.urlsplit(request["url"])
    target = f"{url.path}?{url.query}" if url.query else url.path
    body = base64.b64decode(request["body"])
    body, items = change(request["way"], body, headers(request, body))
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=120)
    try:
        connection.putrequest(request["method"], target)
        for name, value in items:
            connection.putheader(name, value)
        connection.endheaders()
        try:
            connection.send(body)
        except OSError:
            # A server may reject a body by its length and stop reading; the response has still arrived.
            pass
        answer = connection.getresponse()
        return {
            "status": answer.status,
            "headers": joined(answer.getheaders()),
            "body": answer.read().decode(),
        }
    finally:
        connection.close()


for line in sys.stdin:
    job = json.loads(line)
    with ThreadPoolExecutor(job["connections"]) as pool:
        print(json.dumps(list(pool.map(send, job["requests"]))), flush=True)
