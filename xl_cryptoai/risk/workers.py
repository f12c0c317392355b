"""Who draws: the caller, threads of our own, or any executor."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager

PAYS = 2**20
"""Draws from which a second thread pays."""


@contextmanager
def at_work(
    executor: Executor | None, workers: int | None, draws: int
) -> Iterator[tuple[Executor | None, int]]:
    """Return who draws, and how many they are; threads of our own end with the simulation."""
    if executor is not None:
        yield executor, workers or os.cpu_count() or 1
        return
    many = workers or (min(2, os.cpu_count() or 1) if draws >= PAYS else 1)
    if many == 1:
        yield None, 1
        return
    with ThreadPoolExecutor(many) as own:
        yield own, many
