"""What builds leave that are killed: broken files, mixed sets, litter.

    python benchmarks/killed_builds.py [SCALE] [WORDS]

All kills are 420; SCALE takes a part of them, such as 0.2, and WORDS only those so called, such as
`SIGTERM` or `while writing`.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from xl_cryptoai.files import JOURNAL, PART, write_atomically

ROOT = Path(__file__).resolve().parents[1]
ROUTES = ("office", "plain")
SIGNALS = ("SIGTERM", "SIGINT", "SIGHUP")
RANDOM, WRITING, EACH = 200, 100, 20
"""Kills at any time, kills while files are being written, and signals of each kind."""


class Builds:
    """Builds of two sets of inputs in turn into one folder, each of them killed."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.out = folder, folder / "out"
        self.draw = random.Random(1)
        self.seen: Counter[str] = Counter()
        self.sets: list[dict[str, bytes]] = []
        for number, value in enumerate((0.3, 0.4)):
            inputs = folder / f"{number}.toml"
            inputs.write_text(f"[ai_penetration]\noverride = {value}\n", encoding="utf-8")
            started = time.monotonic()
            self.start(number, folder / str(number)).wait()
            self.seconds = time.monotonic() - started
            built = sorted((folder / str(number)).iterdir())
            self.sets.append({path.name: path.read_bytes() for path in built})
        self.start(0, self.out).wait()

    def start(self, number: int, out: Path) -> subprocess.Popen[bytes]:
        """Start a build of one of the sets."""
        routes = (part for route in ROUTES for part in ("--for", route))
        command = [sys.executable, "-m", "xl_cryptoai", "build", "--out", str(out), *routes]
        return subprocess.Popen(
            [*command, "--from", str(self.folder / f"{number}.toml")],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT,
        )  # fmt: skip

    def kill(self, name: str, *, writing: bool) -> None:
        """Start a build, end it by a signal, let the next command write, and look at the folder."""
        with self.start(self.draw.randrange(2), self.out) as process:
            if writing:
                # the folder's time says that a file was begun: to list its files again and again
                # would take the processor from the build
                before = self.out.stat().st_mtime_ns
                while process.poll() is None and self.out.stat().st_mtime_ns == before:
                    time.sleep(0.0002)
                time.sleep(self.draw.uniform(0, 0.003))
            else:
                time.sleep(self.draw.uniform(0, self.seconds))
            if process.poll() is None:
                self.seen["killed"] += 1
            process.send_signal(getattr(signal, name))
        if name != "SIGKILL":
            self.seen["litter at once"] += bool(self.litter())
        write_atomically(self.out / "next", os.urandom(8))
        (self.out / "next").unlink()
        self.seen["litter"] += bool(self.litter())
        files = {path.name: path.read_bytes() for path in self.out.glob("*.xlsx")}
        old_or_new = [content for one in self.sets for content in one.values()]
        self.seen["broken"] += any(content not in old_or_new for content in files.values())
        self.seen["mixed"] += files not in self.sets

    def litter(self) -> list[Path]:
        """Unfinished files that lie in the folder."""
        return [*self.out.glob(f".*{PART}"), *self.out.glob(JOURNAL)]


def killed_builds(scale: float = 1.0, only: str = "") -> None:
    """Kill builds and print what was left, every 20 kills, and in all."""
    print("\nBuilds of two workbooks, killed; then another command writes into the folder")
    print(f"{'':26}{'ended':>7}{'broken':>8}{'mixed':>7}{'litter':>8}{'at once':>9}")
    jobs = [("SIGKILL at any time", "SIGKILL", RANDOM, False)]
    jobs.append(("SIGKILL while writing", "SIGKILL", WRITING, True))
    jobs += [(f"{name} at any time", name, EACH, False) for name in SIGNALS]
    jobs += [(f"{name} while writing", name, EACH, True) for name in SIGNALS]
    for title, name, count, writing in jobs:
        if only not in title:
            continue
        with tempfile.TemporaryDirectory() as folder:
            builds = Builds(Path(folder))
            kills = max(1, round(count * scale))
            for number in range(1, kills + 1):
                builds.kill(name, writing=writing)
                if number % 20 == 0 and number < kills:
                    print(_row(f"  the first {number}", builds.seen), flush=True)
            print(_row(title, builds.seen), flush=True)


def _row(title: str, seen: Counter[str]) -> str:
    left = f"{seen['broken']:8}{seen['mixed']:7}{seen['litter']:8}{seen['litter at once']:9}"
    return f"{title:26}{seen['killed']:7}{left}"


if __name__ == "__main__":
    killed_builds(float(sys.argv[1]) if sys.argv[1:] else 1.0, " ".join(sys.argv[2:]))
