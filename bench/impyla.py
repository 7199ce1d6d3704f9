# Opens sessions with impyla in threads, as "bench load" does: each thread has a
# session before the turn begins, and finishes its session when the time is over. Or
# holds sessions, as "bench hold" does. impyla.go says what the task is.
#   python -c ... TASK
import ctypes
import gc
import json
import os
import resource
import sys
import threading
import time

task = json.loads(sys.argv[1])
os.environ.update(task["environment"] or {})

from impala.dbapi import connect  # noqa: E402, after what MIT's library reads

arguments = {"auth_mechanism": {"": "NOSASL", "password": "LDAP", "kerberos": "GSSAPI"}[task["login"]]}
if task["login"] == "kerberos":
    arguments.update(kerberos_service_name=task["service"], krb_host=task["service_host"])
else:
    arguments["user"] = task["user"]
if task["login"] == "password":
    with open(task["password_file"]) as f:
        arguments["password"] = f.read().rstrip("\n")
if task["http"]:
    arguments.update(use_http_transport=True, http_path="cliservice")
else:
    arguments["timeout"] = task["timeout_s"]  # it has none over HTTP
if task["ca"]:
    arguments.update(use_ssl=True, ca_cert=task["ca"])


def connect_to(i):
    host, _, port = task["addresses"][i % len(task["addresses"])].rpartition(":")
    return connect(host=host, port=int(port), **arguments)


def session(i):
    connection = connect_to(i)
    try:
        cursor = connection.cursor()
        cursor.execute(task["query"])
        if len(cursor.fetchall()) != 1:
            raise RuntimeError("not one row")
        cursor.close()
    finally:
        connection.close()


def print_event(**line):
    print(json.dumps(line), flush=True)


class Load:
    """Threads that open and close sessions."""

    def __init__(self, threads):
        self.threads = threads
        self.lock, self.sessions, self.errors, self.first = threading.Lock(), 0, 0, ""
        self.ready, self.go, self.until = threading.Barrier(threads + 1), threading.Event(), 0.0

    def count_session(self, i):
        try:
            session(i)
            with self.lock:
                self.sessions += 1
        except Exception as e:
            with self.lock:
                self.errors += 1
                self.first = self.first or repr(e)

    def work(self, i):
        self.count_session(i)
        self.ready.wait()
        self.go.wait()
        while time.monotonic() < self.until:
            self.count_session(i)

    def run(self, seconds):
        workers = [threading.Thread(target=self.work, args=(i,)) for i in range(self.threads)]
        for w in workers:
            w.start()
        self.ready.wait()
        self.sessions = 0
        print_event(event="begin")
        before, start = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
        self.until = start + seconds
        self.go.set()
        for w in workers:
            w.join()
        after, end = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
        print_event(event="end")
        print_event(event="turn", turn={
            "sessions": self.sessions, "errors": self.errors, "first_error": self.first,
            "wall_ns": int(1e9 * (end - start)),
            "user_ns": int(1e9 * (after.ru_utime - before.ru_utime)),
            "system_ns": int(1e9 * (after.ru_stime - before.ru_stime)),
            "peak_kb": after.ru_maxrss,
        })


def settled_kb():
    """Resident memory after freeing what can be returned to the system."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    with open("/proc/self/status") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmRSS:"))


def hold(n):
    session(0)  # allocates what is allocated once
    base, start = settled_kb(), time.monotonic()
    held = []
    for i in range(n):
        connection = connect_to(i)
        held.append((connection, connection.cursor()))  # which opens the session
    opening = time.monotonic() - start
    print_event(event="held", held={
        "sessions": n, "opening_ns": int(1e9 * opening), "base_kb": base, "rss_kb": settled_kb(),
    })
    for connection, cursor in held:
        cursor.close()
        connection.close()


if task["hold"]:
    hold(task["hold"])
else:
    Load(task["threads"]).run(task["window_s"])
