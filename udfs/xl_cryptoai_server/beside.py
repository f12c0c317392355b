"""Answers calls that take long, in processes beside the one that answers the others.

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
from typing import Any

from xl_cryptoai_server.calls import RefusedError, read_call
from xl_cryptoai_server.limits import Limits

Answer = tuple[int, bytes]
"""HTTP status and body: JSON if the status is 200, else a sentence."""

LOWER_PRIORITY = 10
"""How nice a process beside is: quick calls go first."""


class TooManyError(Exception):
    """So many calls wait that this one may not."""


class Beside:
    """Processes that answer one call each at a time; a bounded number of others waits.

    Parameters
    ----------
    limits : Limits
        How many processes, how many calls may wait, and how long one may take.
    names : collection of str
        Functions of `xl_cryptoai_udfs` that they answer.
    """

    def __init__(self, limits: Limits, names: Collection[str]) -> None:
        self._limits = limits
        self._processes = [_Process(frozenset(names)) for _ in range(limits.slow_calls)]
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

    async def answer(self, body: bytes) -> Answer | None:
        """Answer a call, or None if it is of no function that they answer.

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
            return await loop.run_in_executor(self._threads, self._ask, body)
        finally:
            self._asked -= 1

    def _ask(self, body: bytes) -> Answer | None:
        process = self._idle.get()
        try:
            return process.ask(body, self._limits.slow_seconds)
        finally:
            self._idle.put(process)


class _Process:
    """One process, started again after it has ended or was too slow."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names
        self._process: BaseProcess | None = None
        self._line: Connection[Any, Any]

    def start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._line, theirs = context.Pipe()
        self._process = context.Process(
            target=_answer_calls, args=(theirs, self._names), daemon=True
        )
        self._process.start()
        theirs.close()  # so that either sees the other's end

    def end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.join()

    def ask(self, body: bytes, seconds: float) -> Answer | None:
        try:
            if self._process is None:
                self.start()
            self._line.send_bytes(body)
            if self._line.poll(seconds):
                answer: Answer | None = self._line.recv()
                return answer
            self.end()
        except (EOFError, OSError):
            self.end()
            return 503, b"the process that computed this has ended; try again"
        # a status by which Excel does not ask again
        return 400, f"#VALUE!: no answer within {seconds:g} seconds; ask for less".encode()


def _answer_calls(line: Connection[Any, Any], names: frozenset[str]) -> None:
    """Answer what comes until the other side has ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the other side too
    if hasattr(os, "nice"):
        os.nice(LOWER_PRIORITY)
    os.environ["XLWINGS_ON_SERVER"] = "true"  # before xlwings is loaded
    importlib.import_module("xl_cryptoai_udfs")  # while nobody waits for it
    with contextlib.suppress(EOFError, OSError):
        while True:
            line.send(asyncio.run(answered(line.recv_bytes(), names)))


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
