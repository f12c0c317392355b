"""The Python module beside the Windows workbook of an own model.

xlwings imports the functions' module by its name, once for all workbooks of a Python process. So
every model has a module of its own, which holds the model's text and nothing else to be edited.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from xl_cryptoai.forecast.model import Model
from xl_cryptoai.workbook.vba_module import python_module

_MARK = "# Content as built: sha256 "

_TEXT = '''\
"""Functions of the model {title} {fingerprint} for Excel on Windows: keep it beside the workbook.

Made by xl-cryptoai from the model's folder; build it again instead of editing it. It needs
xl-cryptoai, and runs nothing but its functions: the text below is read as data.
"""

from xl_cryptoai.forecast.own_model import model_as_read
from xl_cryptoai_udfs.binding import published

MODEL = (
{lines})

globals().update(published(model_as_read(MODEL), __name__))
'''


def module_file(model: Model) -> str:
    """Return the name of the file that goes beside a model's workbook."""
    return f"{python_module(model)}.py"


def own_module(model: Model) -> bytes:
    """Write the module; the same bytes for the same model."""
    lines = "".join(f"    {line!r}\n" for line in model.text.splitlines(keepends=True))
    title = ascii(model.title)  # quotes and other signs of a title end no docstring
    title = title.replace('"', "'")
    text = _TEXT.format(title=title, fingerprint=model.fingerprint, lines=lines)
    return f"{text}{_MARK}{_hash(text)}\n".encode()


def is_own_module(path: Path) -> bool:
    """Return whether a file is a module as `own_module` wrote it, which nobody has edited."""
    try:
        text, _, mark = path.read_text("utf-8").rpartition(_MARK)
    except (OSError, UnicodeDecodeError):
        return False
    return mark.strip() == _hash(text)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
