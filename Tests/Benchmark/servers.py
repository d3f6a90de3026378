"""Starts and stops what is measured, and asks the kernel what it has used."""

import contextlib
import glob
import http.client
import os
import shutil
import signal
import socket
import subprocess
import time

from events import SECRET

ADDRESS = ("127.0.0.1", 8089)
TICKS = os.sysconf("SC_CLK_TCK")
os.environ["PATH"] += ":/usr/sbin"


def fail(message):
    raise SystemExit(f"benchmark: {message}")


def php_fpm():
    """The program, which Debian names after its version."""
    programs = sorted(glob.glob("/usr/sbin/php-fpm*"))
    if not programs:
        fail("php-fpm is not installed")
    settings = subprocess.run([programs[-1], "-i"], capture_output=True, text=True).stdout
    if "opcache.enable => On" not in settings:
        fail(f"{programs[-1]} has no OPcache, or it is turned off; it would be measured unfairly")
    return programs[-1]


class Process:
    """A child process with its own children; stopped by its id."""

    def __init__(self, command, folder, environment={}):
        self.log = open(os.path.join(folder, os.path.basename(command[0]) + ".log"), "ab")
        self.process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
            stdout=self.log, stderr=self.log)

    @property
    def ids(self):
        """It and its descendants."""
        found = [self.process.pid]
        for id in found:
            for task in glob.glob(f"/proc/{id}/task/*/children"):
                with contextlib.suppress(FileNotFoundError), open(task) as file:
                    found += map(int, file.read().split())
        return found

    def check(self):
        if self.process.poll() is not None:
            with open(self.log.name, errors="replace") as log:
                fail(f"{' '.join(map(str, self.process.args))} has ended:\n{log.read()[-2000:]}")

    def cpu_seconds(self):
        """User and system time of them all, and of the children they have waited for."""
        ticks = 0
        for id in self.ids:
            with open(f"/proc/{id}/stat") as file:
                # The name in parentheses may hold spaces; utime is the 14th field.
                ticks += sum(map(int, file.read().rpartition(")")[2].split()[11:15]))
        return ticks / TICKS

    def memory(self):
        """Their proportional set size, in MiB."""
        kilobytes = 0
        for id in self.ids:
            with open(f"/proc/{id}/smaps_rollup") as file:
                kilobytes += next(int(line.split()[1]) for line in file if line.startswith("Pss:"))
        return kilobytes / 1024

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            fail(f"{self.process.args[0]} did not stop within 20 s")
        finally:
            self.log.close()


class Contender:
    """A handler behind the location of its name, with a database in the journal mode."""

    journal, keeps_ledger = "wal", False

    def __init__(self, name, program, environment={}):
        self.name, self.program, self.environment = name, program, environment

    @property
    def path(self):
        return f"/{self.name}/api/webhooks"

    @contextlib.contextmanager
    def running(self, folder, database):
        path = os.path.join(folder, f"{self.name}.sock")
        environment = {
            "CLERK_WEBHOOK_SIGNING_SECRET": SECRET, "CLERK_SYNC_DATABASE": database, **self.environment}
        process = Process(self.command(folder, path), folder, environment)
        try:
            self.wait_until_ready(process)
            yield process
            process.check()
        finally:
            process.stop()
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)

    def settle(self, folder, database, figures):
        """Has what was answered 200 reach the database, where it is not there with the answer."""

    def command(self, folder, path):
        return ["spawn-fcgi", "-n", "-s", path, "-M", "0660", "--", self.program]

    def wait_until_ready(self, process):
        """Unsigned requests that are refused write nothing; they load the code into every worker."""
        deadline = time.monotonic() + 10
        refused = 0
        while refused < 20:
            process.check()
            connection = http.client.HTTPConnection(*ADDRESS, timeout=10)
            connection.request("POST", self.path, body=b"{}")
            status = connection.getresponse().status
            connection.close()
            if status == 400:
                refused += 1
            elif time.monotonic() > deadline:
                fail(f"{self.name} answers {status} to an unsigned request; expected 400")
            else:
                time.sleep(0.05)


class ClerkSync(Contender):
    """By default with a rollback journal, as the handler makes a database on Debian 12 and 13."""

    keeps_ledger = True

    def __init__(self, name, program, environment={}, journal="delete"):
        super().__init__(name, program, environment)
        self.journal = journal


class PHP(Contender):
    """A pool of four workers, as many as clerk-sync has threads, with OPcache."""

    def command(self, folder, path):
        # Debian's own settings otherwise, as they are in /etc/php.
        user = "user = root\n" if os.getuid() == 0 else ""
        with open(os.path.join(folder, "php-fpm.conf"), "w") as file:
            file.write(
                f"[global]\nerror_log = {folder}/php-fpm.error.log\ndaemonize = no\n"
                f"[www]\n{user}listen = {path}\nlisten.mode = 0660\npm = static\npm.max_children = 4\n"
                "clear_env = no\ncatch_workers_output = yes\n")
        return [php_fpm(), "-y", file.name, *(["-R"] if user else [])]


@contextlib.contextmanager
def nginx(folder, source):
    shutil.copy(os.path.join(source, "nginx.conf"), folder)
    os.symlink(os.path.join(source, "peers"), os.path.join(folder, "peers"))
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(ADDRESS)
        except OSError:
            fail("127.0.0.1:8089 is in use by another program")
    process = Process(
        ["nginx", "-p", folder, "-e", "error.log", "-c", "nginx.conf", "-g",
         ("user root; " if os.getuid() == 0 else "") + "daemon off;"], folder)
    try:
        for _ in range(100):
            process.check()
            with contextlib.suppress(OSError), socket.create_connection(ADDRESS):
                break
            time.sleep(0.05)
        else:
            fail("nginx does not listen on 127.0.0.1:8089")
        yield process
    finally:
        process.stop()
