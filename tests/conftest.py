"""Fixtures that several test modules share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from engines import browser as browsers
from engines import require
from engines import server as servers
from engines.browser import Browser
from engines.server import Server

from xl_cryptoai.forecast.shipped import shipped_model
from xl_cryptoai.workbook import ROUTES, build

# no test fails for being slow on a machine that is busy; CI tries more examples
EXAMPLES = 100 if os.environ.get("CI") == "true" else 40
hypothesis.settings.register_profile("project", deadline=None, max_examples=EXAMPLES)
hypothesis.settings.load_profile("project")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run the slow tests as well")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--slow") or os.environ.get("CI") == "true":
        return
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="slow; run with --slow, or with CI=true"))


@pytest.fixture(scope="session")
def workbooks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A freshly built workbook for every route."""
    folder = tmp_path_factory.mktemp("workbooks")
    paths = {name: folder / route.file_name(shipped_model()) for name, route in ROUTES.items()}
    for name, path in paths.items():
        path.write_bytes(build(name))
    return paths


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """The real server as it is started without settings; it ends with the module."""
    require(servers.available())
    with Server() as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium; it ends with the module."""
    require(browsers.available())
    with Browser() as running:
        yield running
