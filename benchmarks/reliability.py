"""What the server bears, and killed builds: load, slow neighbours, killed workers, hostile clients.

    python benchmarks/reliability.py [--seconds 180]

Needs Linux: processes are found below /proc. The seconds are those with killed workers; the rest
takes about ten minutes more, of which the killed builds (killed_builds.py) are seven.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "udfs")]

from engines.server import Server, call_body  # noqa: E402
from killed_builds import killed_builds  # noqa: E402

from xl_cryptoai import load_assumptions, risk  # noqa: E402
from xl_cryptoai.forecast import shipped_model  # noqa: E402
from xl_cryptoai.functions import functions_of  # noqa: E402

MODEL = shipped_model()
CATALOGUE = MODEL.assumptions
FUNCTIONS = functions_of(MODEL)

AIM = 50.0
"""Milliseconds: the 95th percentile of one cell beside two clients at a million draws."""
KILL_EVERY = 15.0
CASE = (
    [[name] for name in load_assumptions()],
    [[entry.base] for entry in load_assumptions().values()],
    [
        [one.id, one.shape, one.low, one.mode, one.high]
        for one in risk.default_distributions(CATALOGUE).values()
    ],
)
CALLS: dict[str, tuple[str, tuple[Any, ...]]] = {
    "one cell": ("CAI_AI_GAIN", (1e12, 0.33)),
    "1,000 rows": ("CAI_AI_GAIN", ([[1e12 + row] for row in range(1000)], 0.33)),
    "simulation, 16,384 draws": ("CAI_SIMULATE", (*CASE, None, 16_384.0)),
}
SEEDS = iter(range(1_000_000))


class Client:
    """One connection, as a browser keeps it open."""

    def __init__(self, port: int, limit: float = 120) -> None:
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=limit)

    def ask(self, name: str, cells: Sequence[Any]) -> tuple[int, bytes]:
        """Call a function; give the status and the body."""
        body = json.dumps(call_body(name, *cells))
        self.line.request(
            "POST", "/xlwings/custom-functions-call", body, {"Content-Type": "application/json"}
        )
        answer = self.line.getresponse()
        return answer.status, answer.read()


def percentile(times: list[float], share: float) -> float:
    """Milliseconds that a share of the calls took at most."""
    return 1000 * sorted(times)[min(len(times) - 1, int(share * len(times)))]


def measure(port: int, kind: str, seconds: float) -> list[float]:
    """Ask one call again and again; give how long each took."""
    client, times, (name, cells) = Client(port), [], CALLS[kind]
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        asked = (*cells, float(next(SEEDS))) if name == "CAI_SIMULATE" else cells  # none is kept
        start = time.perf_counter()
        status, answer = client.ask(name, asked)
        times.append(time.perf_counter() - start)
        assert status == 200, answer
    return times


@contextmanager
def busy(port: int, clients: int, name: str) -> Iterator[list[float]]:
    """Let clients ask for a million draws, one call after the other; give how long each took."""
    stop, times = threading.Event(), []

    def ask() -> None:
        client = Client(port)
        while not stop.is_set():
            start = time.perf_counter()
            status, answer = client.ask(name, (*CASE, None, 1e6, float(next(SEEDS))))
            times.append(time.perf_counter() - start)
            assert status == 200, answer

    threads = [threading.Thread(target=ask) for _ in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield times
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def load(server: Server, seconds: float) -> None:
    """Print requests a second and latencies, alone and beside slow neighbours."""
    print(f"{'':26}{'':>22}  requests/s     p50     p95     p99 ms")
    alone = 0.0
    for beside in ("", "CAI_SIMULATE", "CAI_SENSITIVITY"):
        with busy(server.port, 2 if beside else 0, beside) as slow:
            where = f"2 x 1e6 {beside[4:].lower()}" if beside else "alone"
            for kind in CALLS:
                times = measure(server.port, kind, seconds)
                p50, p95, p99 = (percentile(times, share) for share in (0.5, 0.95, 0.99))
                print(
                    f"{kind:26}{where:>22}{len(times) / sum(times):12.0f}"
                    f"{p50:8.1f}{p95:8.1f}{p99:8.1f}"
                )
                if kind == "one cell" and beside:
                    met = "met" if p95 <= AIM else "MISSED"
                    print(f"{'':26}aim {AIM:g} ms: {met}; {p95 / alone:.1f} times the p95 alone")
                elif kind == "one cell":
                    alone = p95
        if slow:
            print(f"{'':26}a million draws took {percentile(slow, 0.5) / 1000:.1f} s at the median")


@dataclass
class Count:
    """What clients got while workers were killed."""

    right: int = 0
    wrong: int = 0
    lost: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)


def kills(seconds: float) -> None:
    """Kill a worker now and then while clients ask; print what they got, and the memory."""
    calls: list[tuple[str, tuple[Any, ...]]] = [
        *(("CAI_AI_GAIN", (1e12 + number, 0.33)) for number in range(50)),
        *(("CAI_AI_GAIN", ([[1e12 + row] for row in range(many)], 0.33)) for many in range(1, 100)),
        ("CAI_AI_GAIN", ([[1e12 + row] for row in range(10_000)], 0.33)),
        *(("CAI_SIMULATE", (*CASE, None, draws)) for draws in (1_000.0, 150_000.0)),
    ]
    answers = [FUNCTIONS[name](*cells) for name, cells in calls]
    expected = [answer if isinstance(answer, list) else [[answer]] for answer in answers]
    count, end = Count(), time.monotonic() + seconds

    def ask(port: int, seed: int) -> None:
        chosen, client = random.Random(seed), Client(port)
        while time.monotonic() < end:
            number = chosen.randrange(len(calls))
            try:
                status, body = client.ask(*calls[number])
            except (OSError, http.client.HTTPException):
                with count.lock:
                    count.lost += 1
                client = Client(port)
                time.sleep(0.05)
                continue
            with count.lock:
                if status != 200:
                    count.refused[f"{status} {body[:60].decode()}"] += 1
                elif json.loads(body)["result"] == expected[number]:
                    count.right += 1
                else:
                    count.wrong += 1

    with Server(workers=2) as server:
        threads = [threading.Thread(target=ask, args=(server.port, seed)) for seed in range(4)]
        for thread in threads:
            thread.start()
        killed, sizes = 0, []
        while time.monotonic() < end:
            time.sleep(min(KILL_EVERY, max(1.0, seconds / 4), max(0.0, end - time.monotonic())))
            sizes.append(server.memory() / 2**20)
            if time.monotonic() < end and (workers := server.workers()):
                os.kill(random.choice(workers), signal.SIGKILL)
                killed += 1
        for thread in threads:
            thread.join()
    print(f"{killed} workers killed in {seconds:g} s: {count.right:,} right, {count.wrong} wrong, "
          f"{count.lost} lost in flight, refused {dict(count.refused) or 0}")  # fmt: skip
    print(f"memory of all processes: {sizes[0]:.0f} MB at first, {sizes[-1]:.0f} MB at last, "
          f"{max(sizes):.0f} MB at most")  # fmt: skip


def post(body: bytes, length: int | None = None) -> bytes:
    """Write a call as it goes over the line."""
    size = len(body) if length is None else length
    return (
        b"POST /xlwings/custom-functions-call HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        b"Content-Length: %d\r\n\r\n" % size
    ) + body


def get(path: str) -> bytes:
    """Write a request of a path as it goes over the line."""
    return f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()


def called(name: str, *cells: Any) -> bytes:
    """Write a call of a function."""
    return post(json.dumps(call_body(name, *cells)).encode())


ABUSE: dict[str, Callable[[], tuple[bytes | float, ...]]] = {
    "/static/../.env": lambda: (get("/static/../.env"),),
    "/static/%2e%2e/%2e%2e/etc/passwd": lambda: (get("/static/%2e%2e/%2e%2e/etc/passwd"),),
    "160,000 arguments, 1.1 MB": lambda: (called("CAI_AI_GAIN", *[1.0] * 160_000),),
    "1,100,000 cells": lambda: (called("CAI_AI_GAIN", 1, [[1]] * 1_100_000),),
    "500,000 cells": lambda: (called("CAI_AI_GAIN", 1, [[0.5]] * 500_000),),
    "7 MB of brackets": lambda: (post(b"[" * 7_000_000),),
    "7 MB of one text": lambda: (called("CAI_SOURCE", "a" * 7_000_000),),
    "21 MB": lambda: (post(b"9" * 21_000_000),),
    "400 MB announced": lambda: (post(b"", length=400_000_000),),
    "60 MB in chunks": lambda: (
        post(b"").replace(b"Content-Length: 0", b"Transfer-Encoding: chunked"),
        *[b"f4240\r\n" + b"9" * 1_000_000 + b"\r\n"] * 60,
    ),
    "headers of 1 MB": lambda: (b"GET / HTTP/1.1\r\nX: " + b"a" * 1_000_000,),
    "half a request": lambda: (b"POST / HTTP/1.1\r\nHost",),
    "half a body": lambda: (post(b"{", length=1000),),
    "nothing sent": lambda: (),
}


def status_of(answer: bytes) -> str:
    """Read the status of an answer, for the list."""
    return answer.split(b" ", 2)[1].decode() if answer.startswith(b"HTTP/") else "closed"


def abuse() -> None:
    """Print what each abuse is answered, how long it took, and the memory after it."""
    short = {"XL_CRYPTOAI_HEADER_SECONDS": "2", "XL_CRYPTOAI_BODY_SECONDS": "3"}
    print(f"abuse, with {', '.join(f'{name}={value}' for name, value in short.items())}")
    with Server(environment=short) as server:
        for name, parts in ABUSE.items():
            sent = parts()
            start = time.perf_counter()
            answer = server.raw(*sent)
            took = time.perf_counter() - start
            start = time.perf_counter()
            status, _ = Client(server.port).ask("CAI_AI_GAIN", (100.0, 0.5))
            assert status == 200
            again = 1000 * (time.perf_counter() - start)
            print(f"{name:36}{status_of(answer):>8}{took:8.2f} s, then one cell{again:7.1f} ms, "
                  f"{server.memory() / 2**20:5.0f} MB")  # fmt: skip
        start = time.perf_counter()
        with ThreadPoolExecutor(40) as clients:
            answers = {*clients.map(server.raw, [b"GET / HT"] * 40)}
        took = time.perf_counter() - start
        print(f"{'40 half requests':36}{'/'.join(map(status_of, answers)):>8}{took:8.2f} s")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=180, help="with killed workers")
    seconds = parser.parse_args().seconds
    with Server(limit=120) as server:
        load(server, min(10.0, seconds / 6))
    kills(seconds)
    abuse()
    killed_builds()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
