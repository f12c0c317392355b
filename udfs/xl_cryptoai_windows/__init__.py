"""The Windows route on a person's machine: what it needs, what is missing, and how to fix it.

`checks` only looks; `setup` does. Both take an `Environment`, so that a Windows made of fakes can
be checked anywhere.
"""

from __future__ import annotations

from xl_cryptoai_windows.checks import findings
from xl_cryptoai_windows.environment import Environment, Finding, in_words, lines_of, this_machine

__all__ = ["Environment", "Finding", "findings", "in_words", "lines_of", "this_machine"]
