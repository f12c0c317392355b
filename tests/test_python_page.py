"""The walk-through for Python: every block is run, in order, and says what its output says."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "python.md"
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_every_block_of_the_page_gives_the_output_beside_it() -> None:
    text = PAGE.read_text(encoding="utf-8")
    blocks = FENCED.findall(text)
    assert {kind for kind, _ in blocks} == {"pycon"}, "a block that no test runs"
    together = "\n".join(code for _, code in blocks)
    examples = doctest.DocTestParser().get_doctest(together, {}, PAGE.name, str(PAGE), 0)
    assert len(examples.examples) > 30
    told: list[str] = []
    result = doctest.DocTestRunner(verbose=False).run(examples, out=told.append)
    assert result.failed == 0, "".join(told)
