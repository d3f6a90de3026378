"""The console's reading: how soon its first view is there, and what a flood of it does to the deliveries."""

import contextlib
import http.client
import json
import os
import subprocess
import threading
import time

from servers import ADDRESS, fail

HERE = os.path.dirname(os.path.realpath(__file__))
TOKEN = "benchmark-admin-token"
ENVIRONMENT = {"CLERK_SYNC_ADMIN_TOKEN": TOKEN}
# What the page asks for before it shows anything.
FIRST_VIEW = ["health", "stats", "deliveries?limit=20"]
# In the flood there is also what looks at the most rows: a search that finds nothing.
FLOOD = FIRST_VIEW + ["users", "users?search=nobody", "deliveries?type=none", "metrics"]
READERS = 8


def get(base, name):
    connection = http.client.HTTPConnection(*ADDRESS, timeout=15)
    try:
        connection.request("GET", f"{base}/{name}", headers={"Authorization": f"Bearer {TOKEN}"})
        answer = connection.getresponse()
        if answer.status != 200:
            fail(f"GET {base}/{name} was answered {answer.status}; expected 200: {answer.read().decode()}")
        answer.read()
    finally:
        connection.close()


def first_view(base):
    """Milliseconds until a process that has just started has answered all of it, asked for at once."""
    start = time.perf_counter()
    threads = [threading.Thread(target=get, args=(base, name)) for name in FIRST_VIEW]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return (time.perf_counter() - start) * 1000


@contextlib.contextmanager
def flood(base, seconds, figures):
    """Readers that ask again as soon as they are answered; their figures are put into the dictionary."""
    command = ["wrk", "-t1", f"-c{READERS}", f"-d{seconds}s", "--timeout", "15s", "-s",
               os.path.join(HERE, "flood.lua"), f"http://{ADDRESS[0]}:{ADDRESS[1]}{base}/"]
    environment = {**os.environ, "TOKEN": TOKEN, "PATHS": " ".join(FLOOD), "BASE": base}
    wrk = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        yield
        output = wrk.communicate(timeout=seconds + 30)[0]
    finally:
        wrk.kill()
        wrk.wait()
    for line in output.splitlines():
        if line.startswith("FLOOD "):
            figures.update(json.loads(line[6:]))
    if figures.get("wrong") != 0:
        fail(f"the readers were not all answered with 200 or 429:\n{output}")
