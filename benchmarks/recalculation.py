"""How long 10,000 function cells take in each engine: one call a cell against one array call.

    python benchmarks/recalculation.py [CELLS]

Prints seconds and, side by side from the same run, the ratio of single calls to one array call.
Starting the engine and loading the file are not counted. Engines that are not there are said.
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "udfs")]

import formualizer  # noqa: E402
from engines import libreoffice  # noqa: E402
from engines.calls import SHEET, Call, write_calls  # noqa: E402
from openpyxl import Workbook  # noqa: E402

from xl_cryptoai.forecast import shipped_model  # noqa: E402
from xl_cryptoai.functions import functions_of  # noqa: E402
from xl_cryptoai.workbook.routes import ROUTES  # noqa: E402

MODEL = shipped_model()
FUNCTIONS = functions_of(MODEL)

FUNCTION = "CAI_AI_GAIN"


def questions(count: int) -> tuple[list[Call], Call]:
    """Make the same question twice: as single cells and as one range."""
    markets = [5e12 + number * 1e6 for number in range(count)]
    single = [Call(FUNCTION, (market, 0.33)) for market in markets]
    return single, Call(FUNCTION, ([[market] for market in markets], 0.33), rows=count)


def written(calls: list[Call], route: str) -> Workbook:
    """Write the calls on a sheet as a route stores them."""
    return write_calls(calls, lambda call, cells: ROUTES[route].call(call.function, cells))[0]


def timed(work: Callable[[], object]) -> float:
    """Time one piece of work, the best of three."""
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def in_python(calls: list[Call]) -> float:
    """Call the functions themselves."""
    return timed(lambda: [FUNCTIONS[call.function](*call.cells) for call in calls])


def in_formualizer(calls: list[Call]) -> float:
    """Recalculate in the embedded engine."""
    buffer = io.BytesIO()
    written(calls, "windows").save(buffer)
    times = []
    for _ in range(3):
        engine = formualizer.load_workbook_bytes(buffer.getvalue())
        engine.register_function(FUNCTION, FUNCTIONS[FUNCTION], min_args=2, max_args=2)
        start = time.perf_counter()
        engine.evaluate_all()
        times.append(time.perf_counter() - start)
    return min(times)


def in_libreoffice(calls: list[Call]) -> float:
    """Recalculate in LibreOffice with our extension."""
    from xl_cryptoai_libreoffice import write_extension

    with TemporaryDirectory() as folder:
        path = Path(folder) / "calls.xlsx"
        written(calls, "libreoffice").save(path)
        extension = write_extension(MODEL, Path(folder) / "extension")
        with libreoffice.LibreOffice([extension]) as office, office.open(path) as document:
            seconds = timed(document.recalculate)
            assert isinstance(document.value(SHEET, "A1"), float)
            return seconds


def in_server(calls: list[Call]) -> float:
    """Ask the real server over HTTP, one request a call."""
    from engines.server import Server

    with Server() as server:
        server.call(calls[0].function, *calls[0].cells)
        start = time.perf_counter()
        for call in calls:
            server.call(call.function, *call.cells)
        return time.perf_counter() - start


def server_missing() -> str:
    """Say why the server cannot be asked."""
    from engines import server

    return server.available()


ENGINES: dict[str, tuple[Callable[[list[Call]], float], Callable[[], str]]] = {
    "plain Python": (in_python, str),
    "formualizer, our functions": (in_formualizer, str),
    "LibreOffice, our extension": (in_libreoffice, libreoffice.available),
    "xlwings Server, HTTP": (in_server, server_missing),
}


def main() -> None:
    """Run every engine and print the table."""
    count = int(sys.argv[1]) if sys.argv[1:] else 10_000
    single, array = questions(count)
    print(f"{count:,} cells of {FUNCTION}")
    print(f"{'engine':28} {'one call a cell':>16} {'one array call':>15} {'ratio':>7}")
    for name, (measure, missing) in ENGINES.items():
        if reason := missing():
            print(f"{name:28} {reason}")
            continue
        one_by_one, at_once = measure(single), measure([array])
        print(f"{name:28} {one_by_one:14.3f} s {at_once:13.3f} s {one_by_one / at_once:7.0f}")


if __name__ == "__main__":
    main()
