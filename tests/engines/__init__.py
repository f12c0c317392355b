"""Real spreadsheet programs, driven by the tests that need one.

An engine module tells with ``available()`` why it cannot run here ("" when it can), and a test
hands that sentence to `require`: on a developer's machine the test is skipped, in continuous
integration (``CI=true``) it fails, so that a broken image is not taken for a green run.
"""

from __future__ import annotations

import os

import pytest


def require(reason: str) -> None:
    """Go on when `reason` is empty; otherwise skip the test, or fail it where ``CI=true``.

    Parameters
    ----------
    reason : str
        Why an engine cannot be used here, as its ``available()`` says it.
    """
    if not reason:
        return
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
