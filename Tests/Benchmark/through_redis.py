"""A Redis server with the handler in front of it and the workers behind it."""

import contextlib
import os
import socket
import tempfile
import time

from events import SECRET
from servers import ClerkSync, Process, fail

REDIS = ("127.0.0.1", 8090)
QUEUE = {"CLERK_SYNC_QUEUE": f"redis://{REDIS[0]}:{REDIS[1]}"}
STREAM = "clerk-sync:deliveries"
# How long the workers may take for all that a round has queued, in seconds.
PATIENCE = 120


class Redis:
    """A server that appends each change to a file in `folder`, and one connection to it.

    With `appendfsync` always it answers once that is on disk, with everysec up to a second before.
    """

    def __init__(self, folder, appendfsync):
        self.process = Process(
            ["redis-server", "--port", str(REDIS[1]), "--bind", REDIS[0], "--dir", folder, "--save", "",
             "--appendonly", "yes", "--appendfsync", appendfsync], folder)
        self.connection = self.answers = None

    def wait_until_ready(self):
        for _ in range(400):
            self.process.check()
            with contextlib.suppress(OSError):
                self.connection = socket.create_connection(REDIS, timeout=20)
                self.answers = self.connection.makefile("rb")
                if self.ask("PING") == "+PONG":
                    return
                self.close()
            time.sleep(0.05)
        fail(f"redis-server does not answer on {REDIS[0]}:{REDIS[1]}")

    def ask(self, *words):
        """The first line of the answer, with its type in front."""
        self.connection.sendall(" ".join(words).encode() + b"\r\n")
        return self.answers.readline().decode().strip()

    def length(self):
        """How many deliveries are not done."""
        answer = self.ask("XLEN", STREAM)
        if not answer.startswith(":"):
            fail(f"Redis answers {answer} to XLEN")
        return int(answer[1:])

    def close(self):
        if self.connection:
            self.answers.close()
            self.connection.close()

    def stop(self):
        self.close()
        self.process.stop()


@contextlib.contextmanager
def redis(folder, appendfsync="always"):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(REDIS)
        except OSError:
            fail(f"{REDIS[0]}:{REDIS[1]} is in use by another program")
    server = Redis(folder, appendfsync)
    try:
        server.wait_until_ready()
        yield server
    finally:
        server.stop()


def queued(server, figures):
    """How many deliveries of a load are queued: what was answered, and what wrk has given up at its end or not."""
    count = server.length()
    if not figures["answered"] - figures["refused"] <= count <= figures["taken"]:
        fail(f"{count} deliveries are queued: {figures}")
    return count


def work_off(server, program, folder, database, workers=1, batch=100):
    """Seconds from the start of so many workers until nothing is left, and the processor seconds they have used."""
    environment = {"CLERK_WEBHOOK_SIGNING_SECRET": SECRET, "CLERK_SYNC_DATABASE": database, **QUEUE}
    start = time.monotonic()
    processes = []
    try:
        for _ in range(workers):
            processes.append(Process([program, "worker", "--batch", str(batch)], folder, environment))
        while left := server.length():
            for process in processes:
                process.check()
            if time.monotonic() - start > PATIENCE:
                fail(f"the workers leave {left} deliveries undone")
            time.sleep(0.005)
        seconds = time.monotonic() - start
        cpu = sum(process.cpu_seconds() for process in processes)
    finally:
        for process in processes:
            process.stop()
    if server.ask("EXISTS", f"{{{STREAM}}}:dead") != ":0":
        fail("the workers have given up deliveries")
    return seconds, cpu


class Together:
    """Several processes as one."""

    def __init__(self, *processes):
        self.processes = processes

    def check(self):
        for process in self.processes:
            process.check()

    def cpu_seconds(self):
        return sum(process.cpu_seconds() for process in self.processes)

    def memory(self):
        return sum(process.memory() for process in self.processes)


class Queued(ClerkSync):
    """The handler with a Redis server of its own. What it accepts reaches the table by `settle`, which is not measured."""

    def __init__(self, name, program, worker, appendfsync):
        super().__init__(name, program, {"CLERK_SYNC_THREADS": "64", **QUEUE})
        self.worker, self.appendfsync = worker, appendfsync

    @contextlib.contextmanager
    def running(self, folder, database):
        with tempfile.TemporaryDirectory(dir=folder) as kept, redis(kept, self.appendfsync) as self.server:
            with super().running(folder, database) as process:
                yield Together(process, self.server.process)

    def settle(self, folder, database, figures):
        queued(self.server, figures)
        work_off(self.server, self.worker, folder, database)
