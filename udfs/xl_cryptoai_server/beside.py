"""Answers what takes long, in processes beside the one that answers the others.

Threads would not do: while one of them reads or writes a megabyte of JSON nobody else works.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
import logging
import multiprocessing
import os
import signal
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from queue import SimpleQueue
from typing import Any, Protocol

from xl_cryptoai_server.calls import RefusedError, read_call
from xl_cryptoai_server.limits import Limits

Answer = tuple[int, bytes]
"""HTTP status and body: JSON if the status is 200, else a sentence."""

LOWER_PRIORITY = 10
"""How nice a process beside is: quick calls go first."""


class TooManyError(Exception):
    """So many calls wait that this one may not."""


class Work(Protocol):
    """What a process beside does; it is sent there once, so it can be pickled."""

    def load(self) -> None:
        """Load what the answers need, while nobody waits."""

    def answer(self, request: Any) -> Answer | None:
        """Answer a request, or None if it is for somebody else."""

    def late(self, seconds: float) -> Answer:
        """Say that there was no answer in time."""


class Beside:
    """Processes that answer one request each at a time; a bounded number of others waits.

    Parameters
    ----------
    limits : Limits
        How many processes, how many requests may wait, and how long one may take.
    work : Work
        What they do.
    """

    def __init__(self, limits: Limits, work: Work) -> None:
        self._limits = limits
        self._processes = [_Process(work) for _ in range(limits.slow_calls)]
        self._threads = ThreadPoolExecutor(limits.slow_calls, "beside")  # each waits for a process
        self._idle: SimpleQueue[_Process] = SimpleQueue()
        self._asked = 0

    def start(self) -> None:
        """Start the processes; they load what they need while nobody waits for them."""
        for process in self._processes:
            process.start()
            self._idle.put(process)

    def end(self) -> None:
        """End the processes, in the middle of a call too."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for process in self._processes:
            process.end()

    async def answer(self, request: Any) -> Answer | None:
        """Answer a request, or None if it is for somebody else.

        Raises
        ------
        TooManyError
            If too many wait already.
        """
        if self._asked >= self._limits.slow_calls + self._limits.waiting:
            raise TooManyError
        self._asked += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, self._ask, request)
        finally:
            self._asked -= 1

    def _ask(self, request: Any) -> Answer | None:
        process = self._idle.get()
        try:
            return process.ask(request, self._limits.slow_seconds)
        finally:
            self._idle.put(process)


class _Process:
    """One process, started again after it has ended or was too slow."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._process: BaseProcess | None = None
        self._line: Connection[Any, Any]

    def start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._line, theirs = context.Pipe()
        self._process = context.Process(
            target=_answer_requests, args=(theirs, self._work), daemon=True
        )
        self._process.start()
        theirs.close()  # so that either sees the other's end

    def end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.join()

    def ask(self, request: Any, seconds: float) -> Answer | None:
        try:
            if self._process is None:
                self.start()
            self._line.send(request)
            if self._line.poll(seconds):
                answer: Answer | None = self._line.recv()
                return answer
            self.end()
        except (EOFError, OSError):
            self.end()
            return 503, b"the process that computed this has ended; try again"
        return self._work.late(seconds)


def _answer_requests(line: Connection[Any, Any], work: Work) -> None:
    """Answer what comes until the other side has ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the other side too
    if hasattr(os, "nice"):
        os.nice(LOWER_PRIORITY)
    work.load()
    with contextlib.suppress(EOFError, OSError):
        while True:
            line.send(work.answer(line.recv()))


class Calls:
    """Answers calls of functions as xlwings Server does.

    Parameters
    ----------
    names : collection of str
        Functions of `xl_cryptoai_udfs` that are answered.
    """

    def __init__(self, names: Collection[str]) -> None:
        self._names = frozenset(names)

    def load(self) -> None:
        """Load the functions."""
        os.environ["XLWINGS_ON_SERVER"] = "true"  # before xlwings is loaded
        importlib.import_module("xl_cryptoai_udfs")

    def answer(self, body: bytes) -> Answer | None:
        """Answer the body of a call, or None if it is of another function."""
        return asyncio.run(answered(body, self._names))

    def late(self, seconds: float) -> Answer:
        """Say so with a status by which Excel does not ask again."""
        return 400, f"#VALUE!: no answer within {seconds:g} seconds; request less".encode()


async def answered(body: bytes, names: Collection[str]) -> Answer | None:
    """Answer a call as xlwings Server does."""
    import xl_cryptoai_udfs
    from xlwings import XlwingsError
    from xlwings.server import custom_functions_call

    try:
        call = read_call(body)
        if call["func_name"] not in names:
            return None
        rows = await custom_functions_call(call, xl_cryptoai_udfs)
        return 200, json.dumps({"result": rows}, allow_nan=False, separators=(",", ":")).encode()
    except RefusedError as error:
        return error.status, str(error).encode()
    except XlwingsError as refusal:
        return 400, str(refusal).encode()
    except Exception:
        logging.exception("a call failed")
        return 500, b"An error occurred."
