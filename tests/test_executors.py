"""Who draws does not matter: the answer is the same to the last bit."""

from __future__ import annotations

import multiprocessing
import os
import pickle
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from shipped import CATALOGUE, MODEL

from xl_cryptoai.assumptions.uncertainty import METHODS
from xl_cryptoai.risk import Chain, Simulation, default_distributions, simulate
from xl_cryptoai.risk.pieces import MOST_KEPT

CORRELATED: dict[str, Any] = {
    "distributions": default_distributions(CATALOGUE),
    "correlation": np.full((12, 12), 0.2) + 0.8 * np.eye(12),
}
KEPT, BINNED = 200_000, MOST_KEPT + 600_000


def figures(result: Simulation) -> list[float]:
    return [
        *result.to_frame().set_index("result").to_numpy().ravel().tolist(),
        *result.histogram()[1].tolist(),
    ]


@pytest.fixture(scope="module")
def alone() -> dict[tuple[str, int], list[float]]:
    """What one worker finds."""
    return {
        (method, draws): figures(simulate(draws, method=method, workers=1, **CORRELATED))
        for method in METHODS
        for draws in (KEPT, BINNED)
        if draws == KEPT or method == "sobol"
    }


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("workers", "block"), [(2, None), (3, 1), (1, 70_000), (2, 10**9)])
def test_threads_and_blocks_change_nothing(alone, method: str, workers: int, block: int) -> None:
    result = simulate(KEPT, method=method, workers=workers, block=block, **CORRELATED)
    assert figures(result) == alone[method, KEPT]


@pytest.mark.parametrize("block", [None, 1, 300_000])
def test_nor_do_they_where_draws_are_counted_in_bins(alone, block: int) -> None:
    result = simulate(BINNED, workers=2, block=block, **CORRELATED)
    assert figures(result) == alone["sobol", BINNED]


def test_bins_say_how_exact_they_are(alone) -> None:
    assert simulate(KEPT).percentile_error == 0
    assert simulate(BINNED).percentile_error == 2.0**-14


@contextmanager
def processes() -> Iterator[Executor]:
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as executor:
        yield executor


@pytest.mark.parametrize("pool", [lambda: ThreadPoolExecutor(3), processes], ids=["3", "spawned"])
def test_an_executor_that_is_given_changes_nothing(alone, pool) -> None:
    with pool() as executor:
        result = simulate(KEPT, executor=executor, block=40_000, **CORRELATED)
    assert figures(result) == alone["sobol", KEPT]


def test_a_chain_travels_as_its_description() -> None:
    chain = Chain(MODEL, **CORRELATED)
    packed = pickle.dumps(chain)
    assert len(packed) < 8_000  # its tables are a hundred times that
    scores = np.random.default_rng(1).standard_normal((12, 50))
    np.testing.assert_array_equal(pickle.loads(packed)(scores)["total"], chain(scores)["total"])


def test_progress_is_told_and_ends_with_all_draws() -> None:
    told: list[tuple[int, int]] = []
    simulate(KEPT, block=1, progress=lambda made, draws: told.append((made, draws)))
    assert [made for made, _ in told] == sorted(made for made, _ in told)
    assert told[-1] == (KEPT, KEPT) and len(told) == 16


def test_what_goes_wrong_in_a_worker_is_told_here() -> None:
    class Broken(Executor):
        def submit(self, *_: Any, **__: Any) -> Any:
            raise RuntimeError("the cluster is gone")

    with pytest.raises(RuntimeError, match="the cluster is gone"):
        simulate(1_024, executor=Broken())


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of the cluster's own parts
def test_a_cluster_of_two_processes_finds_what_one_worker_finds() -> None:
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip("dask is not installed: pip install 'xl-cryptoai[dask]'")
    draws = 2**23
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, memory_limit="600MB",
            host="127.0.0.1", dashboard_address=None,
        ) as cluster,
        Client(cluster, timeout=60) as client,
    ):  # fmt: skip
        result = simulate(draws, executor=client.get_executor(), workers=2, **CORRELATED)
        peaks = client.run(_peak_megabytes)
    assert len(peaks) == 2 and max(peaks.values()) < 400
    assert figures(result) == figures(simulate(draws, workers=1, **CORRELATED))


def _peak_megabytes() -> float:
    # of this program alone: what getrusage tells is handed down by whoever started it
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024
