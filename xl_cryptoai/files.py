"""Writing files: whole or not at all, and never over another without being asked."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from xl_cryptoai.errors import FileRefusedError


def check_free(path: Path, *, force: bool) -> None:
    """Refuse to go on if a file stands where one is to be written, unless forced."""
    if path.is_dir():
        raise FileRefusedError(f"{path} is a folder; give the path of a file")
    if path.exists() and not force:
        raise FileRefusedError(f"{path} exists; give --force to replace it, or another place")


def write_atomically(path: Path, content: bytes, *, force: bool = False) -> None:
    """Write a file so that readers see the old one or the whole new one.

    Raises
    ------
    FileRefusedError
        If it exists and `force` is not given, or cannot be written.
    """
    check_free(path, force=force)
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        # mkstemp makes private files; a workbook is shared, so it gets the usual permissions
        umask = os.umask(0)
        os.umask(umask)
        Path(temporary).chmod(0o666 & ~umask)
        Path(temporary).replace(path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        reason = error.strerror or str(error)
        raise FileRefusedError(
            f"{path} cannot be written ({reason}); close it in Excel or choose another folder"
        ) from None
