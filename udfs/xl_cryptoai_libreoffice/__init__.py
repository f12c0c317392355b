"""The Excel functions for LibreOffice, as an extension: CAI.TAM and its like, with their help.

`extension.py` generates the extension from `xl_cryptoai.functions`; `component.py` is the part of
it that LibreOffice loads; `worker.py` answers from a process of its own where LibreOffice's Python
cannot hold the packages. The extension carries no copy of the functions: it records which Python
environment built it and calls the functions there.

What LibreOffice cannot tell a function: a single blank cell arrives as 0 and a logical value as 1
or 0. A blank inside a range is known as a blank and refused. A range with an error cell in it shows
Err:504 and the function is not asked.

Refusals are Excel errors in the cell. Their sentences are in `xl_cryptoai_refusals.log`, in the
folder "user" of the LibreOffice profile (or the temporary folder if that cannot be written): the
last ones are at the end, at least 200 are kept.
"""

from __future__ import annotations

from xl_cryptoai_libreoffice.extension import extension_file, pack_extension, write_extension

__all__ = ["extension_file", "pack_extension", "write_extension"]
