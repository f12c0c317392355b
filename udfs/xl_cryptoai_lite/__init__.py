"""The Excel functions for xlwings Lite: the workbook itself carries the code.

`module.py` writes one Python module out of the source of the functions; it needs numpy, scipy and
xlwings, which xlwings Lite has, and nothing of ours. `parts.py` puts it into a workbook.
"""

from __future__ import annotations

from xl_cryptoai_lite.module import lite_module
from xl_cryptoai_lite.parts import add_code, with_code

__all__ = ["add_code", "lite_module", "with_code"]
