"""Writes the figures as Markdown."""

import os
import platform
import sqlite3
import statistics
import subprocess

from servers import php_fpm

NAMES = {
    "clerk-sync": "clerk-sync", "clerk-sync-shared": "clerk-sync, shared connection", "clerk-sync-wal": "clerk-sync, WAL",
    "clerk-sync-shared-wal": "clerk-sync, shared connection, WAL", "php-fpm": "PHP-FPM, WAL", "go": "Go, WAL",
    "php-cgi": "PHP (php-cgi), WAL", "clerk-sync-redis-always": "clerk-sync to Redis, appendfsync always",
    "clerk-sync-redis-everysec": "clerk-sync to Redis, appendfsync everysec",
}
DIRECT = ("clerk-sync", "clerk-sync-shared", "clerk-sync-wal", "clerk-sync-shared-wal", "php-fpm", "go")
THROUGH_REDIS = ("clerk-sync", "clerk-sync-shared", "clerk-sync-redis-always", "clerk-sync-redis-everysec")


def spread(values, digits=0):
    """Median and, in parentheses, the least and the most."""
    return (f"{statistics.median(values):.{digits}f} "
            f"({min(values):.{digits}f}–{max(values):.{digits}f})")


def ratio(values, others, digits=2):
    """Round by round, since what slows one down in a round slows down its neighbours."""
    return spread([value / other for value, other in zip(values, others)], digits)


def table(head, rows):
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(row) + " |" for row in lines) + "\n"


def first_line(*command):
    result = subprocess.run(command, capture_output=True, text=True)
    return (result.stdout or result.stderr).strip().splitlines()[0]


def machine(folder):
    with open("/proc/meminfo") as file:
        memory = int(file.readline().split()[1]) / 1024**2
    with open("/proc/cpuinfo") as file:
        model = next((line.partition(": ")[2].strip() for line in file if line.startswith("model name")), "")
    return (f"{os.cpu_count()} cores ({model or platform.machine()}), {memory:.0f} GiB of memory, "
            f"{first_line('findmnt', '-n', '-o', 'FSTYPE', '-T', folder)} on the disk, Linux {platform.release().partition('-')[0]}")


def versions():
    return [
        first_line("nginx", "-v").partition(": ")[2], " ".join(first_line("wrk", "-v").split()[:2]),
        "PHP " + first_line(php_fpm(), "-v").split()[1], first_line("go", "version").removeprefix("go version "),
        f"SQLite {sqlite3.sqlite_version}", "Redis " + first_line("redis-server", "--version").split()[2].removeprefix("v="),
        first_line("swift", "--version"),
    ]


def comparison(results, disk, names):
    """A table for each number of connections at which all of these were measured."""
    text = ""
    for connections in sorted({connections for _, connections in results}):
        if any((name, connections) not in results for name in names):
            continue
        base = [figures["rate"] for figures in results["php-fpm", connections]]
        rows = []
        for (name, other), rounds in results.items():
            if other != connections or name not in names:
                continue
            def of(key):
                return [figures[key] for figures in rounds]
            rows.append([
                NAMES[name], spread(of("rate")), ratio(of("rate"), base), ratio(of("rate"), disk),
                spread(of("p50"), 1), spread(of("p99"), 1), spread(of("cpu")), spread(of("memory"), 1)])
        text += f"\n### {connections} connection{'s' if connections > 1 else ''}\n\n" + table(
            ["", "requests/s", "÷ PHP-FPM", "÷ fdatasync", "p50 ms", "p99 ms", "CPU µs/request", "memory MiB"], rows)
    return text


def text(*, started, folder, rounds, seconds, results, disk, rejections, sizes, memory, cgi, reading, applying):
    small, large = sorted(sizes)
    kinds = list(dict.fromkeys(kind for _, kind in rejections))
    rejected = [
        [kind, spread(rejections["clerk-sync", kind]), spread(rejections["php-fpm", kind]),
         ratio(rejections["clerk-sync", kind], rejections["php-fpm", kind])] for kind in kinds]
    floor = statistics.median(cgi["/bin/true"])
    processes = [
        [NAMES.get(name, name), spread(times, 2), f"{statistics.median(times) - floor:.2f}",
         f"{statistics.median(times) / statistics.median(cgi['php-cgi']):.2f}"] for name, times in cgi.items()]
    lasting = [
        [NAMES[name], *(f"{mebibytes:.1f} MiB after {count}" for count, mebibytes in samples)]
        for name, samples in memory.items()]
    return f"""# Results

Written by `make bench`, {started:%Y-%m-%d %H:%M} UTC. Every figure is the median of {rounds} rounds of {seconds} s,
with the least and the most in parentheses. The rounds of the contenders alternate, and a ratio is taken
within a round: the ratios say more than the figures, which depend on the machine and what else it does.

- Machine: {machine(folder)}
- Versions: {", ".join(versions())}
- One append of 8 KB and fdatasync on the same disk: {spread(disk)} a second

## Signed events

70 % `user.created`, 25 % `user.updated` and 5 % `user.deleted` of 1.9 to 2.4 KB (a deletion has 0.4 KB), each
with an id and a signature of its own, through one nginx, into a table of 1000 users. wrk sends the next
request when the last one is answered, so more connections mean a longer queue. CPU and memory (PSS) are those
of the handler's processes. After each round the table is compared, user by user, with the events sent: every
one answered 200 has to be there; only those that wrk left unanswered at its end, at most one a connection,
may or may not be.

The first two rows are the database that clerk-sync makes by default with the SQLite of Debian 12 and 13: it has a
rollback journal, because that SQLite has the WAL-reset bug. PHP and Go set WAL, as their programs usually do. Each
request is verified, decoded and written in a `BEGIN IMMEDIATE` transaction with foreign keys, and is on disk before the
answer. PHP-FPM has 4 workers and OPcache; clerk-sync has its 16 threads; Go has a goroutine a request. PHP and Go keep
neither ledger nor versions, so they write one table where clerk-sync writes three, and they write no log line. Go keeps
an idle connection and lets one request write at a time. PHP's processes share neither a connection nor a lock, so where
no other request is under way, closing the last connection also moves the WAL into the database. A ratio to fdatasync
says more about the processor than about the program.
{comparison(results, disk, DIRECT)}
## Refusals

16 connections; requests a second. The database file stays as it is, byte for byte.

{table(["", "clerk-sync", "PHP-FPM", "ratio"], rejected)}
## CGI

A whole process from start to exit for one signed event, in milliseconds: medians of {len(cgi['clerk-sync'])} runs each,
which alternate. The floor is /bin/true.

{table(["", "ms", "above the floor", "÷ php-cgi"], processes)}
## Size of the table

clerk-sync at 16 connections, with as many entries in the ledger and the versions as users.

{table(["users", "requests/s", "ratio"], [
    [str(small), spread(sizes[small]), "1"], [str(large), spread(sizes[large]), ratio(sizes[large], sizes[small])]])}
## The console on a large table

{large} users and as many deliveries. The first view is what the page asks for before it shows anything, at once, of a
process that has just started: {spread(reading["first view"])} ms. Beside 8 readers, who ask again as soon as they are
answered, also for the searches that look at the most rows, and get {spread(reading["read"])} answers a second with what
they asked for:

{table(["deliveries at 16 connections", "requests/s", "p50 ms", "p99 ms", "p99 ÷ alone"], [
    [name, spread([figures["rate"] for figures in reading[key]]), spread([figures["p50"] for figures in reading[key]], 1),
     spread([figures["p99"] for figures in reading[key]], 1),
     ratio([figures["p99"] for figures in reading[key]], [figures["p99"] for figures in reading["alone"]])]
    for name, key in (("alone", "alone"), ("beside readers", "beside"))])}
## Through Redis

The rows of clerk-sync from above, and beside them, from the same rounds, the handler with CLERK_SYNC_QUEUE and 64 threads,
which answers 200 when Redis has the delivery: on disk with `appendfsync always`, up to a second before with `everysec`.
CPU and memory are those of the handler and of Redis. After each round a worker applies what is queued, and the table
is compared as above.
{comparison(results, disk, THROUGH_REDIS)}
How fast the workers are that apply it, from a queue that the load of {seconds} s at 16 connections has left; from their
start until nothing is left, with `appendfsync always`. CPU is that of the workers. Then the table is compared.

{table(["workers", "batch", "deliveries/s", "÷ 1 worker, batch 100", "CPU µs/delivery"], [
    [str(workers), str(batch), spread([figures["rate"] for figures in rounds]),
     ratio([figures["rate"] for figures in rounds], [figures["rate"] for figures in applying[1, 100]]),
     spread([figures["cpu"] for figures in rounds])]
    for (workers, batch), rounds in applying.items()])}
## Memory over time

The memory (PSS) of one process under load at 16 connections, by the number of requests it has answered.

{table(["", "at first", "at last"], lasting)}"""
