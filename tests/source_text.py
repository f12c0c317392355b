"""The publication's text by section and paragraph, where a copy is at hand.

The text is not ours to hand on, so it is not in the repository: set XL_CRYPTOAI_SOURCE_TEXT to the
file. Without it the tests that read it are skipped, in CI too.
"""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path

import pytest

VARIABLE = "XL_CRYPTOAI_SOURCE_TEXT"
FIRST = "Introduction"
SECTIONS = (
    "Defining the role of cryptocurrencies",
    "Organize distributed computing resources",
    "Bitcoin miners diversify into artificial intelligence",
    "Implementing a decentralized cloud for artificial intelligence",
    "Overcoming the bottleneck of decentralized computing",
    "Augmenting AI models with cryptocurrency incentives",
    "Verification via zero-knowledge (zk) proofs",
    "How good is your robotic surgeons AI model?",
    "Building humanity through blockchain-based identity",
    "Contribute to artificial intelligence through blockchain technology",
)
"""Headings as locators write them: their first words, where they are long."""
_LONGEST_HEADING = 100
_LOCATOR = re.compile(r"(?P<section>.+), par\. (?P<number>\d+)")


@cache
def sections() -> dict[str, list[str]]:
    """Return the paragraphs of each section: a line with text each, a run of bullets one."""
    path = os.environ.get(VARIABLE, "")
    if not path:
        pytest.skip(f"the publication's text is not at hand; set {VARIABLE} to its file")
    found: dict[str, list[str]] = {FIRST: []}
    paragraphs, in_list = found[FIRST], False
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        text = line.strip()
        heading = next((one for one in SECTIONS if text.startswith(one)), "")
        if heading and len(text) < _LONGEST_HEADING:
            paragraphs = found[heading] = []
        elif text.startswith("- ") and in_list:
            paragraphs[-1] += f"\n{text}"
        elif text:
            paragraphs.append(text)
        in_list = text.startswith("- ")
    return found


def paragraph(locator: str) -> str:
    """Return the paragraph of a locator, such as "Introduction, par. 3"."""
    match = _LOCATOR.fullmatch(locator)
    assert match, f"{locator!r} is no locator"
    return sections()[match["section"]][int(match["number"]) - 1]
