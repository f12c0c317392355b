"""Does what the Windows route needs: the add-in, the interpreter setting, a file unblocked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from xl_cryptoai.errors import FileRefusedError
from xl_cryptoai.files import write_atomically
from xl_cryptoai_windows.environment import Environment
from xl_cryptoai_windows.settings import INTERPRETER, read_settings, with_setting
from xl_cryptoai_windows.workbook import is_blocked, mark_of


def set_up(env: Environment, unblock: Sequence[Path] = ()) -> Iterator[str]:
    """Install the add-in, make this Python answer, unblock files; say each as it is done.

    Raises
    ------
    FileRefusedError
        For the first of them that cannot be done.
    """
    for book in unblock:
        if not book.is_file():
            raise FileRefusedError(f"{book} is no file; give the path of a workbook")
    yield install_add_in(env)
    yield set_interpreter(env)
    for book in unblock:
        yield unblock_file(book)


def install_add_in(env: Environment) -> str:
    """Install the add-in, as xlwings' own command does it.

    That command ends with 0 even if it fails: so the file is looked at.
    """
    said = env.run([str(env.python), "-m", "xlwings.cli", "addin", "install"])
    if not env.add_in.is_file():
        last = said.splitlines()[-1] if said else "it said nothing"
        raise FileRefusedError(
            f"xlwings did not install {env.add_in} ({last}); close Excel and try again"
        )
    return f"add-in: {env.add_in}"


def set_interpreter(env: Environment) -> str:
    """Make this Python the one that answers, for all workbooks; other settings stay."""
    file = env.settings_file
    try:
        before = file.read_bytes() if file.is_file() else b""
        after = with_setting(before, INTERPRETER, str(env.python), env.encoding)
    except (OSError, UnicodeEncodeError) as error:
        raise FileRefusedError(
            f"{file} cannot take the path {env.python} ({error}); install Python in a folder "
            "with plain letters"
        ) from None
    if after != before:
        write_atomically(file, after, force=True)
    replaced = read_settings(before, env.encoding).get(INTERPRETER, "")
    was = f" (was {replaced})" if replaced and replaced != str(env.python) else ""
    return f"interpreter: {env.python}{was}, in {file}"


def unblock_file(book: Path) -> str:
    """Take the mark of the web off a file."""
    if not is_blocked(book):
        return f"unblock: {book} was not blocked"
    try:
        mark_of(book).unlink()
    except OSError as error:
        raise FileRefusedError(
            f"{book} cannot be unblocked ({error.strerror}); close it in Excel, or in its "
            "properties tick Unblock"
        ) from None
    return f"unblock: {book}"
