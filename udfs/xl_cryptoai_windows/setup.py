"""Does what Excel needs: the add-ins, the interpreter setting, a file unblocked; and undoes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from xl_cryptoai.errors import FileRefusedError
from xl_cryptoai.files import write_atomically, write_together
from xl_cryptoai.functions.entry import ADD_IN
from xl_cryptoai_windows.checks import same_python
from xl_cryptoai_windows.environment import Environment
from xl_cryptoai_windows.settings import INTERPRETER, read_settings, with_setting, without_setting
from xl_cryptoai_windows.workbook import is_blocked, mark_of


def set_up(env: Environment, unblock: Sequence[Path] = ()) -> Iterator[str]:
    """Install the add-ins, make this Python answer, unblock files; say each as it is done.

    Raises
    ------
    FileRefusedError
        For the first of them that cannot be done.
    """
    for book in unblock:
        if not book.is_file():
            raise FileRefusedError(f"{book} is not a file; give the path of a workbook")
    if env.on_windows:
        yield install_xlwings_add_in(env)
        yield set_interpreter(env)
    else:
        yield install_mac_script(env)
    yield write_add_in(env.startup, env.python, mac=env.on_mac)
    for book in unblock:
        yield unblock_file(book)


def write_add_in(folder: Path, python: Path | str, *, mac: bool = False) -> str:
    """Write our add-in into a folder; one that stands there is replaced.

    It is replaced without a backup: Excel would load that as well, from the same folder.
    """
    from xl_cryptoai_windows import add_in  # here, since the builder loads much

    file = folder / ADD_IN
    content = add_in.build(python, mac=mac)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileRefusedError(
            f"{folder} cannot be made ({error.strerror}); give a folder that you may write into"
        ) from None
    write_together({file: content}, replaceable=lambda _: True)
    return f"Crypto AI add-in: {file}"


def remove(env: Environment) -> Iterator[str]:
    """Remove what `set_up` put there and nobody else needs; say each as it is done.

    The interpreter's setting is removed if it names this Python. xlwings' add-in stays, and on a
    Mac its script: other workbooks may use them.
    """
    yield _remove_file("Crypto AI add-in", env.add_in)
    if env.on_windows:
        yield _remove_interpreter(env)
        yield (
            f"xlwings add-in: {env.xlwings_add_in} is kept, since other workbooks may use it; "
            "remove it with: xlwings addin remove"
        )


def _remove_file(topic: str, file: Path) -> str:
    if not file.exists():
        return f"{topic}: there is no {file}"
    try:
        file.unlink()
    except OSError as error:
        raise FileRefusedError(
            f"{file} cannot be removed ({error.strerror}); close Excel and try again"
        ) from None
    return f"{topic}: {file} is removed"


def _remove_interpreter(env: Environment) -> str:
    file = env.settings_file
    before = file.read_bytes() if file.is_file() else b""
    chosen = read_settings(before, env.encoding).get(INTERPRETER, "")
    if not same_python(chosen, str(env.python)):
        return f"interpreter: {chosen or 'none'}, in {file}, is kept: it is not this Python"
    after = without_setting(before, INTERPRETER, env.encoding)
    if after.strip():
        write_together({file: after}, replaceable=lambda _: True)
    else:
        file.unlink()
    return f"interpreter: {chosen} is no longer set in {file}"


def install_xlwings_add_in(env: Environment) -> str:
    """Install xlwings' add-in, as xlwings' own command does it; the workbooks refer to it.

    That command ends with 0 even if it fails: so the file is looked at.
    """
    file = env.xlwings_add_in
    _run_xlwings(env, ["addin", "install"], file)
    return f"xlwings add-in: {file}"


def install_mac_script(env: Environment) -> str:
    """Install the script through which Excel on a Mac starts Python, as xlwings does it."""
    _run_xlwings(env, ["runpython", "install"], env.mac_script)
    return f"xlwings script: {env.mac_script}"


def _run_xlwings(env: Environment, arguments: Sequence[str], file: Path) -> None:
    said = env.run([str(env.python), "-m", "xlwings.cli", *arguments])
    if not file.is_file():
        last = said.splitlines()[-1] if said else "it said nothing"
        raise FileRefusedError(
            f"xlwings did not install {file} ({last}); close Excel and try again"
        )


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
