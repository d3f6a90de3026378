"""Compares clerk-sync with the same job in PHP and Go, and writes RESULTS.md: benchmark.py CLERK_SYNC GO COMMAND

COMMAND is the operator's command, whose worker applies what went through Redis.

  BENCH_ROUNDS    rounds of each combination, 3
  BENCH_SECONDS   seconds of load in a round, 5
  BENCH_ROWS      users of the large table, 1000000
  BENCH_RATE      events prepared for each second of load, 20000; too few is an error
  TMPDIR          a folder on the disk to measure, /var/tmp
"""

import contextlib
import datetime
import glob
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import console
import events
import report
import through_redis
from servers import ADDRESS, PHP, ClerkSync, Contender, fail, nginx

HERE = os.path.dirname(os.path.realpath(__file__))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", 3))
SECONDS = int(os.environ.get("BENCH_SECONDS", 5))
ROWS = int(os.environ.get("BENCH_ROWS", 1_000_000))
RATE = int(os.environ.get("BENCH_RATE", 20_000))
CONNECTIONS = (1, 16, 64)
WORKERS = (1, 2)
BATCHES = (10, 100, 1000)
EXISTING = 1000
CGI_RUNS = 50
LASTING = 100_000


def wrk(path, requests, connections, seconds=SECONDS):
    """One load; its figures as wrk.lua prints them."""
    # One thread: it can send more than the handlers answer, and the order of the events is then known.
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "15s",
               "-s", os.path.join(HERE, "wrk.lua"), f"http://{ADDRESS[0]}:{ADDRESS[1]}{path}"]
    result = subprocess.run(command, env={**os.environ, "REQUESTS": requests}, capture_output=True, text=True)
    for line in result.stdout.splitlines():
        if line.startswith("FIGURES "):
            return json.loads(line[8:])
    fail(f"wrk failed:\n{result.stdout}{result.stderr}")


class Bench:
    def __init__(self, folder, clerk_sync, go, command):
        self.folder = folder
        self.clerk_sync, self.go, self.command = clerk_sync, go, command
        # Not on the disk that is measured, where memory has room for them.
        needed = 2 * RATE * SECONDS * 3000
        has_room = os.access("/dev/shm", os.W_OK) and shutil.disk_usage("/dev/shm").free > needed
        self.requests = tempfile.mkdtemp(prefix="bench.", dir="/dev/shm") if has_room else folder
        self.events_written = 0
        self.default = ClerkSync("clerk-sync", clerk_sync, console.ENVIRONMENT)
        shared = {"CLERK_SYNC_CONNECTION": "shared"}
        self.php = PHP("php-fpm", None)
        self.contenders = [
            self.default, ClerkSync("clerk-sync-shared", clerk_sync, shared),
            ClerkSync("clerk-sync-wal", clerk_sync, journal="wal"),
            ClerkSync("clerk-sync-shared-wal", clerk_sync, shared, journal="wal"),
            self.php, Contender("go", go),
        ]
        self.queued = [
            through_redis.Queued(f"clerk-sync-redis-{appendfsync}", clerk_sync, command, appendfsync)
            for appendfsync in ("always", "everysec")]

    def file(self, name):
        return os.path.join(self.folder, name)

    def template(self, contender, users):
        """A database with so many users, made once for each kind."""
        path = self.file(f"template-{users}-{contender.journal}-{'ledger' if contender.keeps_ledger else 'plain'}.db")
        if not os.path.exists(path):
            def prepare():
                # It makes its tables when it starts, and then has refused a few unsigned requests.
                with self.default.running(self.folder, path):
                    pass
            events.create(path, users, contender.journal, prepare if contender.keeps_ledger else None)
        return path

    @contextlib.contextmanager
    def database(self, contender, users):
        """A copy for one round."""
        path = self.file("users.db")
        shutil.copy(self.template(contender, users), path)
        # What is still to be written out is not the round's to wait for.
        with open(path, "rb") as file:
            os.fsync(file.fileno())
        yield path
        for suffix in ("", "-journal", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path + suffix)

    def load(self, contender, connections, round, users=EXISTING, meanwhile=contextlib.nullcontext):
        """One round of signed events, and the check of what it left behind."""
        self.events_written += 1
        stream = events.Stream(users, seed=round, prefix=f"{self.events_written:08d}")
        requests = os.path.join(self.requests, "requests")
        count = RATE * SECONDS
        with self.database(contender, users) as database:
            with contender.running(self.folder, database) as process:
                stream.write(requests, contender.path, count)
                before = process.cpu_seconds()
                with meanwhile():
                    figures = wrk(contender.path, requests, connections)
                # Requests that wrk has given up at the end may still be running.
                time.sleep(0.3)
                process.check()
                cpu = process.cpu_seconds() - before
                memory = process.memory()
                contender.settle(self.folder, database, figures)
            self.check(contender, connections, stream, figures, count, database)
        os.unlink(requests)
        return {
            "rate": figures["answered"] / figures["seconds"], "p50": figures["p50"], "p99": figures["p99"],
            "cpu": cpu / figures["answered"] * 1e6, "memory": memory,
        }

    def check(self, contender, connections, stream, figures, count, database):
        """Every event answered 200 is in the table, and nothing else but requests in flight at the end."""
        what = f"{contender.name} at {connections} connections"
        if figures["taken"] > count:
            fail(f"{what}: more than the {count} events prepared were sent; set BENCH_RATE to more than {RATE}")
        if figures["refused"] or figures["broken"] or not figures["answered"]:
            fail(f"{what}: {figures}; expected nothing but answers of 200{self.last_words()}")
        in_flight = figures["taken"] - figures["answered"]
        if not 0 <= in_flight <= connections:
            fail(f"{what}: {in_flight} requests are unaccounted for: {figures}")
        # Each event concerns another user, or the same one in another state, so one that was lost is
        # one difference.
        differences = stream.differences(database, figures["taken"])
        if differences > in_flight:
            fail(f"{what}: {differences} users are not as the answers say; {in_flight} requests were in flight")

    def last_words(self):
        """What the logs of nginx and of the handlers end with, but for what is as expected."""
        words = ""
        for path in sorted(glob.glob(self.file("*.log"))):
            with open(path, errors="replace") as log:
                usual = ("outcome=applied", "outcome=queued", " info batch ", "outcome=missing_headers",
                         ".sock failed (2: No such file")
                lines = [line for line in log if not any(text in line for text in usual)]
                words += "".join(f"\n{os.path.basename(path)}: {line.rstrip()}" for line in lines[-5:])
        return words

    def comparison(self):
        """name, connections -> figures of each round; and the disk's own pace before each round."""
        results, disk = {}, []
        for round in range(ROUNDS):
            disk.append(self.fdatasync_rate())
            for connections in CONNECTIONS:
                # One sender alone is no reason for a queue.
                for contender in self.contenders + (self.queued if connections > 1 else []):
                    figures = self.load(contender, connections, round)
                    results.setdefault((contender.name, connections), []).append(figures)
                    say(f"round {round + 1}, {connections:2} connections, {contender.name}: "
                        f"{figures['rate']:.0f} requests/s, p99 {figures['p99']:.1f} ms")
        return results, disk

    def fdatasync_rate(self):
        """How many times a second the disk takes 8 KB, about what one commit writes."""
        path, block, count = self.file("disk"), b"x" * 8192, 0
        with open(path, "wb", buffering=0) as file:
            end = time.monotonic() + 3
            while time.monotonic() < end:
                file.write(block)
                os.fdatasync(file.fileno())
                count += 1
        os.unlink(path)
        return count / 3

    def rejections(self):
        """Requests that are not signed, or with another key, by name and kind; the database stays as it is."""
        results = {}
        for kind, options in (("unsigned", {"signed": False}), ("wrongly signed", {"key": b"another key"})):
            for round in range(ROUNDS):
                for contender in (self.default, self.php):
                    self.events_written += 1
                    stream = events.Stream(EXISTING, round, f"{self.events_written:08d}")
                    requests = os.path.join(self.requests, "requests")
                    stream.write(requests, contender.path, 2 * RATE * SECONDS, **options)
                    with self.database(contender, EXISTING) as database:
                        with contender.running(self.folder, database):
                            before = fingerprint(database)
                            figures = wrk(contender.path, requests, 16)
                            if fingerprint(database) != before:
                                fail(f"{contender.name} wrote to the database for {kind} requests")
                    if figures["refused"] != figures["answered"] or figures["broken"] or not figures["answered"]:
                        fail(f"{contender.name}, {kind}: {figures}; expected refusals only{self.last_words()}")
                    rate = figures["answered"] / figures["seconds"]
                    results.setdefault((contender.name, kind), []).append(rate)
                    say(f"round {round + 1}, {kind}, {contender.name}: {rate:.0f} refusals/s")
        return results

    def table_sizes(self):
        """Throughput at 16 connections, by the number of users there are."""
        results = {}
        for round in range(ROUNDS):
            for users in (EXISTING, ROWS):
                figures = self.load(self.default, 16, round, users)
                results.setdefault(users, []).append(figures["rate"])
                say(f"round {round + 1}, {users} users: {figures['rate']:.0f} requests/s")
        return results

    def reading(self):
        """The console at work on a large table: the first view, and deliveries alone and beside a flood of reading."""
        base = os.path.dirname(self.default.path)
        results = {"first view": [], "alone": [], "beside": [], "read": []}
        for round in range(ROUNDS):
            with self.database(self.default, ROWS) as database:
                with self.default.running(self.folder, database):
                    results["first view"].append(console.first_view(base))
            results["alone"].append(self.load(self.default, 16, round, ROWS))
            read = {}
            beside = self.load(self.default, 16, round, ROWS, meanwhile=lambda: console.flood(base, SECONDS, read))
            results["beside"].append(beside)
            results["read"].append(read["answered"] / read["seconds"])
            say(f"round {round + 1}, {ROWS} users: first view {results['first view'][-1]:.0f} ms, p99 of deliveries "
                f"{results['alone'][-1]['p99']:.1f} ms, beside readers {results['beside'][-1]['p99']:.1f} ms")
        return results

    def memory(self):
        """Requests that one process has answered, and its memory in MiB then, by name: after one load and after many."""
        results = {}
        for contender in self.contenders[:2]:
            answered, samples = 0, []
            self.events_written += 1
            stream = events.Stream(EXISTING, 0, f"{self.events_written:08d}")
            requests = os.path.join(self.requests, "requests")
            with self.database(contender, EXISTING) as database:
                with contender.running(self.folder, database) as process:
                    while answered < LASTING:
                        # What wrk leaves of it is never sent; the events that follow do not depend on it.
                        stream.write(requests, contender.path, RATE * SECONDS)
                        figures = wrk(contender.path, requests, 16)
                        if figures["refused"] or figures["broken"] or not figures["answered"]:
                            fail(f"{contender.name}: {figures}; expected answers of 200{self.last_words()}")
                        answered += figures["answered"]
                        samples.append((answered, process.memory()))
            os.unlink(requests)
            results[contender.name] = samples[0], samples[-1]
            say(f"{contender.name}: " + ", ".join(f"{memory:.1f} MiB after {n} requests" for n, memory in results[contender.name]))
        return results

    def applying(self):
        """Deliveries a second that workers apply from a full queue, and the CPU seconds of each; by workers, batch."""
        results = {}
        front = self.queued[0]
        for round in range(ROUNDS):
            filled = self.file("filled")
            os.mkdir(filled)
            self.events_written += 1
            stream = events.Stream(EXISTING, round, f"{self.events_written:08d}")
            requests = os.path.join(self.requests, "requests")
            with through_redis.redis(filled) as server, Contender.running(front, self.folder, self.file("none.db")):
                stream.write(requests, front.path, RATE * SECONDS)
                figures = wrk(front.path, requests, 16)
                # Requests that wrk has given up at the end may still be running.
                time.sleep(0.3)
                count = through_redis.queued(server, figures)
            os.unlink(requests)
            if figures["refused"] or figures["broken"] or not figures["answered"]:
                fail(f"{front.name}: {figures}; expected nothing but answers of 200{self.last_words()}")
            for workers in WORKERS:
                for batch in BATCHES:
                    rate, cpu = self.work_off(filled, stream, figures["taken"], count, workers, batch)
                    results.setdefault((workers, batch), []).append({"rate": rate, "cpu": cpu})
                    say(f"round {round + 1}, {workers} worker(s), batch {batch}: {rate:.0f} deliveries/s")
            shutil.rmtree(filled)
        return results

    def work_off(self, filled, stream, taken, count, workers, batch):
        """The rate of the workers at a copy of a queue with `count` deliveries, and their CPU in µs for each."""
        copy = self.file("redis")
        shutil.copytree(filled, copy)
        with self.database(self.default, EXISTING) as database:
            with through_redis.redis(copy) as server:
                if server.length() != count:
                    fail(f"Redis has kept {server.length()} of {count} deliveries")
                seconds, cpu = through_redis.work_off(server, self.command, self.folder, database, workers, batch)
            # Those of the last requests, which wrk has given up, may have been queued or not.
            differences = stream.differences(database, taken)
        shutil.rmtree(copy)
        if differences > taken - count:
            fail(f"{workers} workers, batch {batch}: {differences} users are not as the queue said")
        return count / seconds, cpu / count * 1e6

    def cgi(self):
        """Milliseconds of a whole process for one event, by name."""
        programs = {
            "/bin/true": (["/bin/true"], None), "clerk-sync": ([self.clerk_sync], self.default),
            "clerk-sync-wal": ([self.clerk_sync], self.contenders[2]), "go": ([self.go], self.php),
            "php-cgi": (["php-cgi"], self.php),
        }
        streams, results = {}, {}
        with contextlib.ExitStack() as stack:
            for name, (_, contender) in programs.items():
                database = self.file(f"cgi-{os.path.basename(name)}.db")
                if contender:
                    shutil.copy(self.template(contender, EXISTING), database)
                streams[name] = (events.Stream(EXISTING, 0, name.replace("/", "-")), database)
            for run in range(CGI_RUNS):
                for name, (command, _) in programs.items():
                    stream, database = streams[name]
                    milliseconds, answer = self.cgi_run(command, stream, database)
                    # CGI's answer is 200 where it names no status.
                    is_refused = answer.startswith(b"Status:") and not answer.startswith(b"Status: 200")
                    if name != "/bin/true" and (is_refused or b'"applied"' not in answer):
                        fail(f"{name} as CGI answered {answer!r}; expected 200")
                    results.setdefault(name, []).append(milliseconds)
            for name, (stream, database) in streams.items():
                if name != "/bin/true" and (wrong := stream.differences(database, CGI_RUNS)):
                    fail(f"{name} as CGI: {wrong} users are not as the answers say")
        return results

    def cgi_run(self, command, stream, database):
        headers, body = stream.signed()
        script = os.path.join(HERE, "peers", "webhook.php")
        environment = {
            "PATH": os.environ["PATH"], "GATEWAY_INTERFACE": "CGI/1.1", "SERVER_PROTOCOL": "HTTP/1.1",
            "SERVER_NAME": "localhost", "SERVER_PORT": "80", "REMOTE_ADDR": "127.0.0.1", "REQUEST_METHOD": "POST",
            "REQUEST_URI": "/api/webhooks", "SCRIPT_NAME": "/api/webhooks", "QUERY_STRING": "",
            "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body)),
            # php-cgi runs nothing else, for fear of being called directly.
            "SCRIPT_FILENAME": script, "REDIRECT_STATUS": "200",
            "CLERK_WEBHOOK_SIGNING_SECRET": events.SECRET, "CLERK_SYNC_DATABASE": database,
        }
        environment |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
        with open(self.file("cgi-body"), "wb") as file:
            file.write(body)
        with open(file.name, "rb") as input, open(self.file("cgi-answer"), "w+b") as output:
            actions = [(os.POSIX_SPAWN_DUP2, input.fileno(), 0), (os.POSIX_SPAWN_DUP2, output.fileno(), 1),
                       (os.POSIX_SPAWN_OPEN, 2, "/dev/null", os.O_WRONLY, 0)]
            start = time.perf_counter()
            id = os.posix_spawn(shutil.which(command[0]), command, environment, file_actions=actions)
            os.waitpid(id, 0)
            milliseconds = (time.perf_counter() - start) * 1000
            output.seek(0)
            return milliseconds, output.read()


def fingerprint(database):
    """The bytes of the file and of its WAL."""
    digest = hashlib.sha256()
    for path in (database, database + "-wal"):
        with contextlib.suppress(FileNotFoundError), open(path, "rb") as file:
            digest.update(path.encode() + file.read())
    return digest.digest()


def say(text):
    print(text, flush=True)


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    clerk_sync, go, command = map(os.path.realpath, sys.argv[1:])
    # So that an interruption or a stop by a supervisor ends the children and removes the folder, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("benchmark: stopped"))
    started = datetime.datetime.now(datetime.timezone.utc)
    # Short, because the path of a unix socket may have no more than 107 bytes.
    with tempfile.TemporaryDirectory(prefix="bench.", dir=os.environ.get("TMPDIR", "/var/tmp")) as folder:
        bench = Bench(folder, clerk_sync, go, command)
        try:
            with nginx(folder, HERE):
                results, disk = bench.comparison()
                rejections = bench.rejections()
                sizes = bench.table_sizes()
                reading = bench.reading()
                memory = bench.memory()
                cgi = bench.cgi()
                applying = bench.applying()
            text = report.text(
                started=started, folder=folder, rounds=ROUNDS, seconds=SECONDS, results=results, disk=disk,
                rejections=rejections, sizes=sizes, memory=memory, cgi=cgi, reading=reading,
                applying=applying)
        finally:
            if bench.requests != folder:
                shutil.rmtree(bench.requests)
    with open(os.path.join(HERE, "RESULTS.md"), "w") as file:
        file.write(text)
    print(text)


try:
    main()
except KeyboardInterrupt:
    sys.exit("benchmark: stopped")
