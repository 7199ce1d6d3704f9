# Opens sessions with impyla in threads, as "bench load" does: each thread has a
# session before the turn begins, and finishes its session when the time is over.
#   python -c ... ADDRESSES THREADS SECONDS
import json
import resource
import sys
import threading
import time

from impala.dbapi import connect

addresses = [a.rsplit(":", 1) for a in sys.argv[1].split(",")]
threads, seconds = int(sys.argv[2]), float(sys.argv[3])
lock, sessions, errors, first = threading.Lock(), 0, 0, ""
ready, go = threading.Barrier(threads + 1), threading.Event()
until = 0.0


def session(host, port):
    connection = connect(host=host, port=int(port), auth_mechanism="NOSASL", timeout=30, user="bench")
    try:
        cursor = connection.cursor()
        cursor.execute("SELECT pid()")
        if len(cursor.fetchall()) != 1:
            raise RuntimeError("not one row")
        cursor.close()
    finally:
        connection.close()


def count_session(host, port):
    global sessions, errors, first
    try:
        session(host, port)
        with lock:
            sessions += 1
    except Exception as e:
        with lock:
            errors += 1
            first = first or repr(e)


def work(i):
    host, port = addresses[i % len(addresses)]
    count_session(host, port)
    ready.wait()
    go.wait()
    while time.monotonic() < until:
        count_session(host, port)


def print_event(**line):
    print(json.dumps(line), flush=True)


workers = [threading.Thread(target=work, args=(i,)) for i in range(threads)]
for w in workers:
    w.start()
ready.wait()
sessions = 0
print_event(event="begin")
before, start = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
until = start + seconds
go.set()
for w in workers:
    w.join()
after, end = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
print_event(event="end")
print_event(event="turn", turn={
    "sessions": sessions, "errors": errors, "first_error": first,
    "wall_ns": int(1e9 * (end - start)),
    "user_ns": int(1e9 * (after.ru_utime - before.ru_utime)),
    "system_ns": int(1e9 * (after.ru_stime - before.ru_stime)),
    "peak_kb": after.ru_maxrss,
})
